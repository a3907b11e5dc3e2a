/**
 * A pure model of the Messages and Message Batches API: every call takes the time as epoch
 * milliseconds and returns what the wire would show.
 *
 * It must never read a clock, set a timer, do I/O or draw chance from anywhere but its seed: the
 * simulator runs it in virtual time, the HTTP server around it in real time, and the two must not
 * drift. Begin reading at {@link ProviderModel}; the judge of a client is its {@link Ledger}.
 *
 * The shape in short:
 *
 * ```ts
 * const model = new ProviderModel({ seed: 7, turnaroundMs: [180_000, 2_400_000] })
 * model.fault('create', { loseResponse: true, everyNth: 3 })  // accepted, answer lost
 * model.fault('row', { outcome: 'errored', error: 'overloaded_error', probability: 0.01 })
 * const answer = model.create({ now, items: [{ customId, paramsJson }] })
 * // answer.type: 'response' (status, headers, body, end) | 'reset' | 'hang'
 * model.retrieve({ now, id }); model.list({ now, limit: 100, afterId })
 * const file = model.results({ now, id })                     // also type 'lines' (lines, end)
 * model.ledger.posts(); model.ledger.accepted(now); model.ledger.billed(now)
 * ```
 */

// the Admin API
export { AdminApi, type AdminCallParams } from './admin/admin-api.js'
export type {
  WireBucket,
  WireContextWindow,
  WireCostItem,
  WireRateLimit,
  WireRateLimitGroup,
  WireRateLimits,
  WireReport,
  WireTokenType,
  WireUsageItem,
} from './admin/admin-wire.js'
// answers
export type {
  Answer,
  AnswerHeaders,
  BodyEnd,
  LinesResponse,
  NoAnswer,
  Response,
  ResultsAnswer,
} from './answer.js'
export type {
  BatchCallParams,
  BodyCallParams,
  CallParams,
  CreateParams,
  ForeignBatchParams,
  ListParams,
} from './call-params.js'
// the model
export { API_VERSIONS, type Caller, DEFAULT_CALLER } from './caller.js'
// what the emulator knows of models
export { MODELS, type ModelFacts } from './catalogue.js'
// the ledger
export {
  costNanoUsd,
  type PriceRates,
  type PriceRow,
  type PriceTable,
  type SteppedRates,
} from './cost.js'
export {
  CreateUpload,
  type FinishUploadParams,
  type UploadItem,
} from './create-upload.js'
// errors and chance
export {
  EmulatorError,
  InvalidFaultError,
  InvalidOptionError,
  InvalidReplyError,
} from './emulator-error.js'
// faults
export type {
  AnswerFault,
  CancelFault,
  CreateFault,
  FaultByOp,
  FaultError,
  FaultHandle,
  FaultOp,
  FaultTiming,
  MessageFault,
  PlainFault,
  ReadFault,
  ResultsFault,
  RowFault,
} from './fault.js'
export { checkFault } from './fault-schema.js'
export { FAULT_PRESETS, type ScriptedFault, scriptFaults } from './fault-script.js'
export {
  Ledger,
  type LedgerBatch,
  type LedgerEvent,
  type LedgerPost,
  type LedgerRow,
  type LedgerSummary,
  type PostVerdict,
} from './ledger.js'
export { LIST_PRICES } from './list-prices.js'
export type { ModelOptions, ModelSettings } from './options.js'
export { ProviderModel } from './provider-model.js'
// replies
export {
  type ErrorReply,
  type PartialMessage,
  type ReplyBlock,
  type ReplyHook,
  type ReplyParams,
  type ReplyRequest,
  type ReplyUsage,
  text,
} from './reply-hook.js'
export { SeededRandom } from './seeded-random.js'
// the wire
export type {
  JsonObject,
  WireBatch,
  WireBatchPage,
  WireBatchStatus,
  WireDeletedBatch,
  WireError,
  WireErrorBody,
  WireErrorType,
  WireMessage,
  WireModel,
  WireModelPage,
  WireOutcome,
  WireRequestCounts,
  WireResultRow,
  WireStopReason,
  WireTokenCount,
  WireUsage,
} from './wire.js'
