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
export { type ClockSetting, VirtualClock, virtualNow } from './clock/virtual-clock.js'
export type { BoundLedger } from './http/bound-ledger.js'
// the server
export { type Emulator, type EmulatorOptions, startEmulator } from './http/start-emulator.js'
// what one passes to it and gets from it; the whole model is at @halfrate/emulator/model
export {
  EmulatorError,
  FAULT_PRESETS,
  type FaultByOp,
  type FaultHandle,
  type FaultOp,
  InvalidFaultError,
  InvalidOptionError,
  type LedgerBatch,
  type LedgerPost,
  type LedgerRow,
  type LedgerSummary,
  type ModelOptions,
  type PartialMessage,
  ProviderModel,
  type ReplyHook,
  type ReplyRequest,
  type ScriptedFault,
  text,
} from './model/index.js'
