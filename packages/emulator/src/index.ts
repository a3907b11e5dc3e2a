/**
 * An emulator of the Messages and Message Batches API on a port of this machine, for tests and
 * demos: the pure model of `@halfrate/emulator/model` with an HTTP server around it.
 *
 * It must never decide anything that the model does not, or the simulator and the server would
 * drift apart; and it must never be taken for the real service: every reply says that it is
 * synthetic. Begin reading at {@link startEmulator}.
 */

export { parseDuration } from './clock/duration.js'
// virtual time, shared between processes
export { parseStartLine, type StartLine } from './clock/start-line.js'
export {
  type ClockSetting,
  VirtualClock,
  type VirtualClockParams,
  virtualNow,
} from './clock/virtual-clock.js'
export type { BilledRow, BoundLedger } from './http/bound-ledger.js'
// the server
export type { EmulatorOptions } from './http/emulator-options.js'
export {
  type Emulator,
  type EmulatorConnection,
  startEmulator,
} from './http/start-emulator.js'
// what one passes to it and gets from it; the whole model is at @halfrate/emulator/model
export {
  EmulatorError,
  type ErrorReply,
  FAULT_PRESETS,
  type FaultByOp,
  type FaultHandle,
  type FaultOp,
  InvalidFaultError,
  InvalidOptionError,
  InvalidReplyError,
  type LedgerBatch,
  type LedgerPost,
  type LedgerRow,
  type LedgerSummary,
  LIST_PRICES,
  type ModelOptions,
  type PartialMessage,
  ProviderModel,
  type ReplyHook,
  type ReplyParams,
  type ReplyRequest,
  type ScriptedFault,
  text,
} from './model/index.js'
export type { Reply, ReplyFunction, SchemaReply } from './reply/reply.js'
