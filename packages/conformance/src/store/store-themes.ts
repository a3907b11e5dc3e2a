import { atOnceCases } from './at-once-cases.js'
import { blobCases } from './blob-cases.js'
import { budgetCases } from './budget-cases.js'
import { budgetUseCases } from './budget-use-cases.js'
import { cancelCases } from './cancel-cases.js'
import { changedBodyCases } from './changed-body-cases.js'
import { closingCases } from './closing-cases.js'
import { collectingCases } from './collecting-cases.js'
import { costCases } from './cost-cases.js'
import { damagedFileCases } from './damaged-file-cases.js'
import { deliveryCases } from './delivery-cases.js'
import { doubtCases } from './doubt-cases.js'
import { endingCases } from './ending-cases.js'
import { evidenceCases } from './evidence-cases.js'
import { fillingCases } from './filling-cases.js'
import { foundCases } from './found-cases.js'
import { hedgeBudgetCases } from './hedge-budget-cases.js'
import { hedgingCases } from './hedging-cases.js'
import { hostileCases } from './hostile-cases.js'
import { importCases } from './import-cases.js'
import { intakeCases } from './intake-cases.js'
import { jobCases } from './job-cases.js'
import { keyTailCases } from './key-tail-cases.js'
import { leaseCases } from './lease-cases.js'
import { limitCases } from './limit-cases.js'
import { memberCases } from './member-cases.js'
import { openMemberCases } from './open-member-cases.js'
import { partCases } from './part-cases.js'
import { planningCases } from './planning-cases.js'
import { pollCases } from './poll-cases.js'
import { pricingCases } from './pricing-cases.js'
import { queueResultsCases } from './queue-results-cases.js'
import { readingCases } from './reading-cases.js'
import { realtimeCases } from './realtime-cases.js'
import { reclaimingCases } from './reclaiming-cases.js'
import { releasingCases } from './releasing-cases.js'
import { reportCases } from './report-cases.js'
import { reroutingCases } from './rerouting-cases.js'
import { restartCases } from './restart-cases.js'
import { rivalCases } from './rival-cases.js'
import { scanCases } from './scan-cases.js'
import { sendingCases } from './sending-cases.js'
import { settingsCases } from './settings-cases.js'
import { settlingCases } from './settling-cases.js'
import { spendingCases } from './spending-cases.js'
import type { StoreCase } from './store-case.js'
import { sweepCases } from './sweep-cases.js'
import { verifyCases } from './verify-cases.js'
import { workCases } from './work-cases.js'

/** All cases, by theme, in the order of a request's life. */
export const storeThemes: readonly (readonly [string, readonly StoreCase[]])[] = [
  ['intake', intakeCases],
  ['files of requests', blobCases],
  ['damaged files', damagedFileCases],
  ['tails of keys', keyTailCases],
  ['jobs', jobCases],
  ['parts of jobs', partCases],
  ['parts that several fill', rivalCases],
  ['leases', leaseCases],
  ['claiming work', workCases],
  ['planning', planningCases],
  ['members', memberCases],
  ['filling', fillingCases],
  ['changing lanes', reroutingCases],
  ['calls beside a batch', [...hedgingCases, ...hedgeBudgetCases]],
  ['sending', sendingCases],
  ['evidence', evidenceCases],
  ['batches that turn up', foundCases],
  ['batches that are taken in', importCases],
  ['scans', scanCases],
  ['polls', pollCases],
  ['booking results', settlingCases],
  ['collecting', collectingCases],
  ['open members', openMemberCases],
  ['releasing', releasingCases],
  ['changed bodies', changedBodyCases],
  ['reclaiming', reclaimingCases],
  ['closing', closingCases],
  ['doubt', doubtCases],
  ['calls in real time', realtimeCases],
  ['canceling', cancelCases],
  ['keeping results for delivery', endingCases],
  ['delivering', deliveryCases],
  ['reading', readingCases],
  ['results of queues', queueResultsCases],
  ['reports', reportCases],
  ['what jobs spend', spendingCases],
  ['prices that become known later', pricingCases],
  ['costs', costCases],
  ['what counts against budgets', budgetUseCases],
  ['sealing under budgets', budgetCases],
  ['settings', settingsCases],
  ['sweeping', sweepCases],
  ['verifying', verifyCases],
  ['limits', limitCases],
  ['hostile input', hostileCases],
  ['at once', atOnceCases],
  ['restart', restartCases],
]
