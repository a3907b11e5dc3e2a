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
export { type DescribeTransportOptions, describeTransport } from './transport/describe-transport.js'
export type {
  ResultsCut,
  TransportFault,
  TransportHarness,
  TransportOp,
  TransportProvider,
} from './transport/transport-harness.js'
