export { about, type CallMarks, withFeature } from './call-marks.js'
export type { CallOutcome, CallRecord, RecordedUsage } from './call-record.js'
export {
  droppedCalls,
  type Instrumentable,
  type InstrumentOptions,
  instrument,
} from './instrument.js'
export { JsonlSink, type JsonlSinkOptions, jsonlSink } from './jsonl-sink.js'
export type { Sink } from './recorder.js'
