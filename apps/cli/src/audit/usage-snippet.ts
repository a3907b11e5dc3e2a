/**
 * What shows an audit all that the provider's reports can't: a line for each call, written beside it. It changes nothing
 * of the call, and a log that can't be written is no reason for it to fail.
 */
export const USAGE_SNIPPET = `import { appendFile } from 'node:fs/promises'

// feature: what the call is for. awaited: whether somebody waits for the answer.
export async function logged(client, params, { feature, awaited }) {
  const startedAt = Date.now()
  const message = await client.messages.create(params)
  const { model, usage, stop_reason } = message
  const row = { at: new Date(startedAt).toISOString(), feature, awaited, model, usage, stop_reason,
    latency_ms: Date.now() - startedAt }
  await appendFile('usage.jsonl', JSON.stringify(row) + '\\n').catch(() => undefined)
  return message
}
`
