import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Anthropic, { type ClientOptions } from '@anthropic-ai/sdk'
import { onTestFinished } from 'vitest'
import { type CallRecord, type InstrumentOptions, instrument } from '../src/index.js'

export const PARAMS = {
  model: 'claude-haiku-4-5',
  max_tokens: 100,
  messages: [{ role: 'user' as const, content: 'What SECRET-PROMPT is this about?' }],
}

/** A client against an address, without the SDK's waits, and what is recorded of it. */
export function recording(
  baseURL: string,
  options: Partial<InstrumentOptions> = {},
  clientOptions: ClientOptions = {},
): { readonly client: Anthropic; readonly bare: Anthropic; readonly calls: CallRecord[] } {
  const calls: CallRecord[] = []
  const bare = new Anthropic({ apiKey: 'any', baseURL, maxRetries: 0, ...clientOptions })
  const client = instrument(bare, { sink: (call) => calls.push(call), ...options })
  return { client, bare, calls }
}

/** A provider that says what a test wants it to. */
export async function server(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const listening = createServer((request, response) => {
    request.resume()
    request.on('end', () => answer(request, response))
  })
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    listening.closeAllConnections()
    listening.close()
  })
  const address = listening.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

/** One server-sent event. */
export function event(data: { readonly type: string } & Record<string, unknown>): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`
}

/** The events of a short answer: 12 tokens in, 34 out. */
export const EVENTS: readonly string[] = [
  event({
    type: 'message_start',
    message: {
      ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-haiku-4-5-20251001' },
      ...{ content: [], stop_reason: null, stop_sequence: null },
      usage: { input_tokens: 12, output_tokens: 1, service_tier: 'standard' },
    },
  }),
  event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
  event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'SECRET-' } }),
  event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'ANSWER' } }),
  event({ type: 'content_block_stop', index: 0 }),
  event({
    type: 'message_delta',
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: 34 },
  }),
  event({ type: 'message_stop' }),
]

/** A provider that streams these events, and then ends, waits for ever, or cuts the connection. */
export function streaming(
  events: readonly string[],
  end: 'ends' | 'waits' | 'cuts' = 'ends',
): Promise<string> {
  return server((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': 'req_1' })
    response.write(events.join(''), () => {
      if (end === 'cuts') response.socket?.destroy()
    })
    if (end === 'ends') response.end()
  })
}

/** A folder that is gone after the test. */
export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'halfrate-client-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

/** Lets everything that is due now happen. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
}

/** Everything that comes. */
export async function allOf<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}
