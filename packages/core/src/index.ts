/**
 * The pure core of Halfrate: what things are, how they are decided, what is needed from outside, and the engine that
 * puts the effects in order. It must never know a database, a URL, an environment variable or the time. Read on in
 * ARCHITECTURE.md at the root of the repository.
 */

// engine
export type { AdoptResult } from './engine/adopt.js'
// policy: what becomes of failures
export { CANARY_ID } from './engine/canary.js'
export type { AfterAbsence } from './engine/context.js'
export { Deliverer, type DeliveryRound } from './engine/deliverer.js'
export { type Door, type DoorStore, doorOfQueue, fewAtDoor } from './engine/doors.js'
export { Engine, type EngineOptions, type TickReport } from './engine/engine.js'
export { type EnqueueAnswer, type EnqueueParams, enqueue } from './engine/intake-enqueue.js'
export {
  type IntakeLoad,
  type LoadCounts,
  type LoadedAs,
  type LoadResult,
  type OpenLoadParams,
  openLoad,
} from './engine/intake-load.js'
export { type LoadJobParams, loadJob, type RowReading } from './engine/intake-load-job.js'
export type { DelivererOptions, RoundSignals } from './engine/page-handover.js'
export { RECOVERED_HOME } from './engine/recovery.js'
export { type Repriced, type RepriceParams, reprice } from './engine/reprice.js'
export { standingCanary } from './engine/standing-canary.js'
export { type Chore, sweepInTurn } from './engine/sweep-in-turn.js'
// errors
export {
  ConfigError,
  type ErrorCode,
  HalfrateError,
  IllegalTransitionError,
  type InputPlace,
  InvalidInputError,
  InvariantError,
  KeyConflictError,
  LeaseLostError,
  OutputError,
  StoreAccessError,
  StoreClosedError,
  StoreForeignError,
  StoreNewerError,
  StoreUnavailableError,
  WorkerRunningError,
} from './errors.js'
// model
export type { Attempt } from './model/attempt.js'
export { BLOB_PIECE_BYTES, blobPiecesOf } from './model/blob.js'
export type { Breaker, CallHealth, Operation, Pace } from './model/call-health.js'
export type { RateLimit, RateLimits } from './model/call-pace.js'
export type { BodyReason, ChangedBody, ChildBody } from './model/changed-body.js'
export {
  type DeliveredRow,
  type Delivery,
  SUBSCRIPTION_SCOPE,
  type Subscription,
  subscriptionSetting,
} from './model/delivery.js'
export type { AlarmCode, EngineEvent } from './model/engine-event.js'
export type { Evidence } from './model/evidence.js'
export { type Filling, isNewestCommit, isOpenIn, type PartFacts } from './model/filling.js'
export {
  type AccountId,
  type Brand,
  DEFAULT_ACCOUNT,
  DEFAULT_PROJECT,
  DEFAULT_QUEUE,
  type DeliveryId,
  type JobId,
  type Nonce,
  type ProjectId,
  type QueueName,
  type RemoteId,
  type RequestId,
  RUN_QUEUE,
  type SubmissionId,
  type WorkerId,
} from './model/ids.js'
export type { Job, JobState } from './model/job.js'
export { DEFAULT_API_VERSION, type Lane, laneKey, laneOf, type Route } from './model/lane.js'
export { type NanoUsd, ZERO_USD } from './model/money.js'
export type { OpenOutcome } from './model/open-outcome.js'
export { type OutcomeCounts, type OutcomeType, totalOf, type Usability } from './model/outcome.js'
export {
  type AccountPauses,
  type HandPause,
  NO_PAUSES,
  type Pause,
  type PauseReason,
} from './model/pause.js'
export type { Poison, PoisonIncident } from './model/poison.js'
export type { ProviderError } from './model/provider-error.js'
export {
  DEFAULT_QUEUE_POLICY,
  type FlushRule,
  type OnLostAnswer,
  type QueuePolicy,
} from './model/queue-policy.js'
export type { RemoteBatch, RemoteStatus } from './model/remote-batch.js'
export type {
  AttemptRef,
  ReasonCode,
  Request,
  RequestState,
  RequestStatus,
  Verdict,
} from './model/request.js'
export {
  deliveryOfResource,
  deliveryResource,
  queueResource,
  singletonResource,
  submissionOfResource,
  submissionResource,
} from './model/resource.js'
export type { ResultRow } from './model/result-row.js'
export type { RetryRefusal } from './model/retry-refusal.js'
export {
  type AbsenceWait,
  type AwaitedBatch,
  absenceSetting,
  type BudgetStop,
  callHealthSetting,
  type FlushByHand,
  type Heartbeat,
  heartbeatSetting,
  IDENTITY_SETTING,
  isSendingStopped,
  type JobBudget,
  jobBudgetSetting,
  pauseSetting,
  pauseSettings,
  poisonSetting,
  projectPauseSetting,
  projectScope,
  queueFlushSetting,
  queueOfSetting,
  queuePauseSetting,
  queueSetting,
  RECOVERY_SETTING,
  type Recovery,
  type SettingName,
  STORE_PAUSE_SETTING,
  type StoreIdentity,
  type Workspace,
  workspaceSetting,
} from './model/setting-documents.js'
export type {
  ReleaseEffect,
  ReleaseFacts,
  ReleaseTo,
  RequestEffect,
  SettleEffect,
  SettleFacts,
} from './model/settlement.js'
export type { Spending } from './model/spending.js'
export {
  type Collecting,
  type Look,
  type LostDecision,
  NEW_SUBMISSION,
  NO_COLLECTING,
  NO_SEARCH,
  type Search,
  type Submission,
  type SubmissionState,
} from './model/submission.js'
export { DAY_MS, type EpochMs, earliest, HOUR_MS, MINUTE_MS, SECOND_MS } from './model/time.js'
export type { Usage } from './model/usage.js'
// policy: clocks, and what is waited for
export { absenceEndsBy, stillAwaited } from './policy/awaited-batches.js'
export {
  AT_PROVIDER_STATES,
  admitPage,
  type BudgetFacts,
  NO_SPENDING,
  neededCap,
  plusSpending,
  spentOn,
  usedNano,
} from './policy/budget.js'
export { checkFlush } from './policy/check-flush.js'
export { checkPolicy, usablePolicy } from './policy/check-policy.js'
export { type ClockReading, clockSkew } from './policy/clock-skew.js'
// policy: the wire
export {
  CUSTOM_ID_LENGTH,
  type CustomIdParts,
  type Hmac,
  makeCustomId,
  nonceFrom,
  parseCustomId,
  type Sealing,
  verifyCustomId,
} from './policy/custom-id.js'
export { type Ack, type AckEffect, type AckFacts, applyAck } from './policy/delivering.js'
export {
  DEFAULT_ENGINE_SETTINGS,
  type EngineSettings,
  scaleSettings,
} from './policy/engine-settings.js'
// policy: decisions that every store makes the same way
export {
  applyEvidence,
  type EvidenceChanges,
  type EvidenceEffect,
  type EvidenceFacts,
  importedSubmission,
  isImported,
  stateOfRemote,
  twinSubmission,
} from './policy/evidence.js'
export { decideFlush, flushDueAt, isScheduled } from './policy/flush.js'
export {
  type GoodNews,
  type PauseDocuments,
  pausesOf,
  resumed,
  type SendHold,
  sendHoldOf,
} from './policy/pausing.js'
export { applyPoll, type PollFacts } from './policy/poll-effect.js'
export { recoveryEndsBy } from './policy/recovery.js'
export { CANCELED, type ReleaseDecision, releaseMember } from './policy/release.js'
export { backoffMs, jitterOf } from './policy/retry/backoff.js'
export { type CallRetry, classifyCallFailure } from './policy/retry/call-failure.js'
export { decideOutcome, type OutcomeFacts, PROVIDER_ERROR_TYPES } from './policy/retry/outcome.js'
export { FREE_PACE, nextCreateAt, type SlowDown } from './policy/retry/pace.js'
export {
  INCIDENT_REST_MS,
  type LaneHold,
  laneHoldOf,
  MAX_INCIDENT_CREATES,
} from './policy/retry/poison.js'
export {
  decideRefusal,
  type RefusalDecision,
  type RefusalFacts,
  type RefusalReason,
} from './policy/retry/refusal.js'
export { refusalToRetry } from './policy/retrying.js'
export { isSameAttempt, type SettleLine, settleLine } from './policy/settlement.js'
export {
  assertRequestMove,
  assertSubmissionMove,
  canRequestMove,
  canSubmissionMove,
  UNRESOLVED_STATES,
  UNSENT_STATES,
} from './policy/transition.js'
export { contentLengthOf, itemBytesOf } from './policy/wire-size.js'
export { isOtherWorkspace } from './policy/workspace.js'
// ports
export type { Calendar } from './ports/calendar.js'
export type { Clock } from './ports/clock.js'
export type { Digest, RunningHash } from './ports/digest.js'
export type { Observer } from './ports/observer.js'
export type { Random } from './ports/random.js'
export type { Store, StoreTraits } from './ports/store.js'
export type {
  AttemptCounts,
  CollectingStore,
  OpenOutcomesParams,
  QuarantinedLine,
  ReleaseMove,
  ReleaseResult,
  ResultLine,
  SettleResult,
} from './ports/store-collecting.js'
export type { DeliveringStore, DeliveryPage, NotTaken } from './ports/store-delivering.js'
export type {
  BlobBytes,
  CommitParams,
  CommitResult,
  DiscardResult,
  IntakeRow,
  IntakeStore,
  OnConflict,
  PrefixBytes,
  PutAnswer,
  PutParams,
} from './ports/store-intake.js'
export type {
  ClaimParams,
  ClaimResult,
  Fence,
  Lease,
  LeaseStore,
  Work,
} from './ports/store-leases.js'
export type {
  OperatingStore,
  QueueOverview,
  RetryAnswer,
  RetryRow,
  StoreHealth,
} from './ports/store-operating.js'
export type {
  HedgeParams,
  HedgeResult,
  NewMember,
  PlanningStore,
  QueueFacts,
  WaitingGroup,
  WaitingRequest,
} from './ports/store-planning.js'
export type {
  AttemptLife,
  JobResultsPage,
  QueueResultsPage,
  ReadStore,
  Report,
  ReportCounts,
  ReportMoney,
  RequestLife,
  RequestScope,
  ResultsPage,
  UnpricedPage,
} from './ports/store-reading.js'
export type {
  BeginSendResult,
  EvidenceResult,
  ImportedLine,
  ImportHome,
  ImportParams,
  ImportResult,
  KnownBatches,
  MemberBody,
  SendingStore,
} from './ports/store-sending.js'
export type { Setting, SweepResult, UpkeepStore, Violation } from './ports/store-upkeep.js'
export type {
  CallFailed,
  CancelResult,
  CountTokensResult,
  CreateParams,
  CreateResult,
  ListPage,
  ListResult,
  MessageParams,
  MessageResult,
  NotFound,
  ResultsPiece,
  ResultsResult,
  RetrieveResult,
  Transport,
} from './ports/transport.js'
