/** Which route a request is best sent by, and why: in a batch, or by itself in real time. */
export type { Route } from '../../model/lane.js'
export {
  type AdviceReason,
  adviseRoute,
  type FewFacts,
  type RouteAdvice,
  type RouteQuestion,
} from './advise-route.js'
export { callMsOf } from './call-time.js'
export { spanWords } from './span-words.js'
