import type { Store } from '@halfrate/core'

/** The names of a store's calls. */
export type StoreCall = Exclude<keyof Store, 'traits'>

const READS: ReadonlySet<string> = new Set<StoreCall>([
  'now',
  'queueFacts',
  'readWaiting',
  'readMembers',
  'readBlob',
  'knownBatches',
  'listSubmissions',
  'getSubmission',
  'countAttempts',
  'openOutcomes',
  'getSetting',
  'verify',
  'findJob',
  'getRequest',
  'listRequests',
  'readResults',
  'readCosts',
  'report',
  'spending',
  'budgetUse',
  'submissionsOf',
  'readDelivery',
])

/** Whether a call writes, so that it can find the store locked, or its disk full. */
export function isWrite(name: string): boolean {
  return !READS.has(name)
}
