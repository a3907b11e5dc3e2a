/**
 * The line at the provider: how many requests an account may have in batches at once, who has them there, and how what is free is
 * divided between projects and queues. All of it is pure.
 */

export type { AccountLimits, LineDemand, LineDemands } from '../../model/account-limits.js'
export { accountLimitsSetting, lineDemandsSetting } from '../../model/setting-documents.js'
export { type QueueCount, type ShareDecision, type ShareFacts, shareOf } from './fair-share.js'
export { IN_LINE, lineOf } from './line-of.js'
