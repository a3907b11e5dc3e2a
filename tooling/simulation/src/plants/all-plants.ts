import { ackedAhead } from './acked-ahead.js'
import { ackedBeforeCommit } from './acked-before-commit.js'
import { adoptedByCount } from './adopted-by-count.js'
import { ambiguousNotSent } from './ambiguous-not-sent.js'
import { bisectedLimit } from './bisected-limit.js'
import { capNotRaised } from './cap-not-raised.js'
import { countCheckOff } from './count-check-off.js'
import { countedRefusals } from './counted-refusals.js'
import { countedTwice } from './counted-twice.js'
import { deafCanary } from './deaf-canary.js'
import { dearAtThreshold } from './dear-at-threshold.js'
import { droppedQuestion } from './dropped-question.js'
import { droppedRow } from './dropped-row.js'
import { droppedSending } from './dropped-sending.js'
import { endlessSearch } from './endless-search.js'
import { erroredFinal } from './errored-final.js'
import { evidenceOnce } from './evidence-once.js'
import { expiredFinal } from './expired-final.js'
import { fencedEvidence } from './fenced-evidence.js'
import { firstPageOnly } from './first-page-only.js'
import { firstTail } from './first-tail.js'
import { forgottenHolds } from './forgotten-holds.js'
import { forgottenLoser } from './forgotten-loser.js'
import { forgottenNotTaken } from './forgotten-not-taken.js'
import { forgottenOrphans } from './forgotten-orphans.js'
import { forgottenRollout } from './forgotten-rollout.js'
import { forgottenTurns } from './forgotten-turns.js'
import { freeRetries } from './free-retries.js'
import { halfList } from './half-list.js'
import { halvedSearches } from './halved-searches.js'
import { hastyGone } from './hasty-gone.js'
import { hastySlot } from './hasty-slot.js'
import { ignoredCandidates } from './ignored-candidates.js'
import { impatientPrimer } from './impatient-primer.js'
import { lapsedNotSent } from './lapsed-not-sent.js'
import { largeDeadlineBatches } from './large-deadline-batches.js'
import { lateLook } from './late-look.js'
import { listedTwice } from './listed-twice.js'
import { mixedProjects } from './mixed-projects.js'
import { monthsByDay } from './months-by-day.js'
import { neverRests } from './never-rests.js'
import { newestPrices } from './newest-prices.js'
import { notSentBack } from './not-sent-back.js'
import { oldestPrices } from './oldest-prices.js'
import { oneCachePrice } from './one-cache-price.js'
import { otherCanary } from './other-canary.js'
import { ownClock } from './own-clock.js'
import { permanentRetried } from './permanent-retried.js'
import type { Plant } from './plant.js'
import { raisedAgain } from './raised-again.js'
import { realtimePrice } from './realtime-price.js'
import { refusedForGood } from './refused-for-good.js'
import { refusedWhole } from './refused-whole.js'
import { repairedAgain } from './repaired-again.js'
import { repricedBesideBudgets } from './repriced-beside-budgets.js'
import { repricedToday } from './repriced-today.js'
import { repricesThePriced } from './reprices-the-priced.js'
import { rescuedUnasked } from './rescued-unasked.js'
import { restBesideCanary } from './rest-beside-canary.js'
import { restBesidePrimer } from './rest-beside-primer.js'
import { retryBeforeClose } from './retry-before-close.js'
import { roundedByClass } from './rounded-by-class.js'
import { sameModelAgain } from './same-model-again.js'
import { sdkRetries } from './sdk-retries.js'
import { serverErrorRefused } from './server-error-refused.js'
import { settleZero } from './settle-zero.js'
import { sharedKeys } from './shared-keys.js'
import { sharedMoney } from './shared-money.js'
import { shortFileFinal } from './short-file-final.js'
import { skippedEpoch } from './skipped-epoch.js'
import { skippedReclaim } from './skipped-reclaim.js'
import { skippedSlot } from './skipped-slot.js'
import { splitOnSeparators } from './split-on-separators.js'
import { staleDeadline } from './stale-deadline.js'
import { swappedAnswers } from './swapped-answers.js'
import { toldAgain } from './told-again.js'
import { turnLost } from './turn-lost.js'
import { unaskedVerdict } from './unasked-verdict.js'
import { unbookedTwin } from './unbooked-twin.js'
import { unbudgetedHedges } from './unbudgeted-hedges.js'
import { uncountedFew } from './uncounted-few.js'
import { undoubtedCalls } from './undoubted-calls.js'
import { unjudgedSeals } from './unjudged-seals.js'
import { unknownIsForeign } from './unknown-is-foreign.js'
import { unknownPriceZero } from './unknown-price-zero.js'
import { unnoticedRestore } from './unnoticed-restore.js'
import { unstandingVerdict } from './unstanding-verdict.js'
import { untoldLateness } from './untold-lateness.js'
import { untoldOrphan } from './untold-orphan.js'
import { unusableTaken } from './unusable-taken.js'
import { unwalledReads } from './unwalled-reads.js'
import { usForNothing } from './us-for-nothing.js'

import { utcBudgets } from './utc-budgets.js'

/** Every bug that is planted; each must be found within the seeds that it names. */
export const PLANTS: readonly Plant[] = [
  // sending once
  sdkRetries,
  droppedSending,
  staleDeadline,
  lapsedNotSent,
  ambiguousNotSent,
  serverErrorRefused,
  // what was learned
  fencedEvidence,
  evidenceOnce,
  adoptedByCount,
  unbookedTwin,
  // giving up
  settleZero,
  ignoredCandidates,
  unknownIsForeign,
  halfList,
  largeDeadlineBatches,
  rescuedUnasked,
  unbudgetedHedges,
  forgottenLoser,
  untoldLateness,
  lateLook,
  hastyGone,
  unaskedVerdict,
  droppedQuestion,
  unstandingVerdict,
  skippedReclaim,
  forgottenOrphans,
  unnoticedRestore,
  // results
  countCheckOff,
  retryBeforeClose,
  shortFileFinal,
  splitOnSeparators,
  swappedAnswers,
  firstPageOnly,
  firstTail,
  // ends
  refusedWhole,
  erroredFinal,
  expiredFinal,
  permanentRetried,
  countedRefusals,
  unusableTaken,
  capNotRaised,
  raisedAgain,
  forgottenTurns,
  turnLost,
  refusedForGood,
  sameModelAgain,
  repairedAgain,
  notSentBack,
  forgottenRollout,
  uncountedFew,
  hastySlot,
  skippedSlot,
  restBesideCanary,
  otherCanary,
  deafCanary,
  restBesidePrimer,
  impatientPrimer,
  bisectedLimit,
  endlessSearch,
  untoldOrphan,
  // handing over
  forgottenNotTaken,
  ackedAhead,
  toldAgain,
  // money
  realtimePrice,
  unknownPriceZero,
  roundedByClass,
  dearAtThreshold,
  newestPrices,
  oldestPrices,
  oneCachePrice,
  usForNothing,
  halvedSearches,
  freeRetries,
  repricedToday,
  repricedBesideBudgets,
  repricesThePriced,
  // leases, time and intake
  skippedEpoch,
  ownClock,
  neverRests,
  ackedBeforeCommit,
  droppedRow,
  // sums
  countedTwice,
  listedTwice,
  // projects
  mixedProjects,
  forgottenHolds,
  unjudgedSeals,
  utcBudgets,
  monthsByDay,
  // calls in real time
  undoubtedCalls,
  unwalledReads,
  sharedKeys,
  sharedMoney,
]
