import { cancelCases } from './cancel-cases.js'
import { closingCases } from './closing-cases.js'
import { collectingCases } from './collecting-cases.js'
import { evidenceCases } from './evidence-cases.js'
import { fillingCases } from './filling-cases.js'
import { intakeCases } from './intake-cases.js'
import { jobCases } from './job-cases.js'
import { leaseCases } from './lease-cases.js'
import { partCases } from './part-cases.js'
import { planningCases } from './planning-cases.js'
import { pollCases } from './poll-cases.js'
import { reclaimingCases } from './reclaiming-cases.js'
import { releasingCases } from './releasing-cases.js'
import { scanCases } from './scan-cases.js'
import { sendingCases } from './sending-cases.js'
import { settlingCases } from './settling-cases.js'
import type { StoreCase } from './store-case.js'

/** All cases, by theme, in the order of a request's life. */
export const storeThemes: readonly (readonly [string, readonly StoreCase[]])[] = [
  ['intake', intakeCases],
  ['jobs', jobCases],
  ['parts of jobs', partCases],
  ['leases', leaseCases],
  ['planning', planningCases],
  ['filling', fillingCases],
  ['sending', sendingCases],
  ['evidence', evidenceCases],
  ['scans', scanCases],
  ['polls', pollCases],
  ['booking results', settlingCases],
  ['collecting', collectingCases],
  ['releasing', releasingCases],
  ['reclaiming', reclaimingCases],
  ['closing', closingCases],
  ['canceling', cancelCases],
]
