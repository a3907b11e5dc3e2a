/**
 * Suites that any Store or Transport of Halfrate must pass, and the doubles to test with. It must never import an
 * adapter: adapters call it from their own tests. Read on in README.md.
 */

export { aBlob, aRowWithBlobs } from './builders/a-blob.js'
// builders
export { aLook } from './builders/a-look.js'
export { aNonce } from './builders/a-nonce.js'
export { aProviderError } from './builders/a-provider-error.js'
export { anEndedBatch, aRemoteBatch, someCounts } from './builders/a-remote-batch.js'
export {
  aLine,
  anError,
  aSuccess,
  type ResultLineOptions,
  SOME_USAGE,
  SUCCEEDED,
} from './builders/a-result-line.js'
export { anIntakeRow, type IntakeRowOptions } from './builders/an-intake-row.js'
// time, chance and hashes for tests
export { MANUAL_START, ManualClock } from './manual-clock.js'
// transports
export {
  type ScriptedCall,
  type ScriptedResults,
  type ScriptedStep,
  ScriptedTransport,
  scriptedError,
  scriptedResults,
  type TransportMethod,
} from './scripted-transport.js'
export { SeededRandom } from './seeded-random.js'
// stores
export { describeOperating, type OperatingSuiteOptions } from './store/describe-operating.js'
export { describeStore, type StoreSuiteOptions } from './store/describe-store.js'
export { violationsOf } from './store/violations-of.js'
export { testDigest } from './test-digest.js'
export { type DescribeTransportOptions, describeTransport } from './transport/describe-transport.js'
export type {
  ResultsCut,
  TransportFault,
  TransportHarness,
  TransportOp,
  TransportProvider,
} from './transport/transport-harness.js'
