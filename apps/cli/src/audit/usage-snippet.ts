/**
 * What shows an audit all that the provider's reports can't: a line for each call, written beside it by `@halfrate/client`. It
 * changes nothing of the call, and a log that can't be written is no reason for it to fail.
 */
export const USAGE_SNIPPET = `import Anthropic from '@anthropic-ai/sdk'
import { instrument, jsonlSink, withFeature } from '@halfrate/client' // npm install @halfrate/client

// It behaves as before, and each call becomes a line of usage.jsonl, without its prompt and its answer.
const client = instrument(new Anthropic(), { sink: jsonlSink('usage.jsonl') })

// feature: what the call is for. awaited: whether somebody waits for the answer.
const message = await withFeature({ feature: 'triage', awaited: false }, () => client.messages.create(params))
`
