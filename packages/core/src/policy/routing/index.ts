/** Which route a request is best sent by, and why: in a batch, or by itself in real time. */
export type { RealtimeReason, Route } from '../../model/lane.js'
export { RESCUE_MODES, type RescueMode } from '../../model/queue-policy.js'
export { type HedgeFacts, hedgeLane, isHedge, mayHedge } from '../hedging.js'
export {
  type AdviceReason,
  adviseRoute,
  type FewFacts,
  type RouteAdvice,
  type RouteQuestion,
} from './advise-route.js'
export { callMsOf } from './call-time.js'
export {
  costOfEach,
  judgeRollout,
  ROLLOUT_STEPS,
  type RolloutFacts,
  type RolloutReason,
  type RolloutVerdict,
} from './judge-rollout.js'
export { isInBatchPart } from './rollout.js'
export { type RoutedRequest, type RouteFigures, RouteTally } from './route-tally.js'
export { type FewAtDoor, fewFactsOf } from './routed-at-door.js'
export { spanWords } from './span-words.js'
