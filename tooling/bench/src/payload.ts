import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'

const WORDS =
  'claim water damage kitchen policy holder report invoice Tuesday repair estimate photo roof leak'.split(
    ' ',
  )

/** Where the bench keeps what it makes once and reads often. */
export function benchFolder(): string {
  const folder = join(process.env.HALFRATE_BENCH_DIR ?? join(process.cwd(), 'tmp', 'bench'))
  mkdirSync(folder, { recursive: true })
  return folder
}

/** Text of about `bytes` characters that is the same for the same seed and does not repeat itself. */
export function textOf(seed: string, bytes: number): string {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0)
  let text = ''
  while (text.length < bytes) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    text += `${WORDS[state % WORDS.length]} ${(state >>> 8).toString(36)} `
  }
  return text.slice(0, bytes)
}

/** One request line in the provider's batch shape, about `bytes` long, with a system prompt that all share. */
export function requestLine(index: number, bytes: number): string {
  const params = {
    model: 'claude-haiku-4-5',
    max_tokens: 256,
    system:
      'Sort the claim by cause and say in one sentence what is asked for. Answer in plain English.',
    messages: [{ role: 'user', content: textOf(`request ${index}`, bytes - 225) }],
  }
  return JSON.stringify({ custom_id: `row-${index}`, params })
}

/** One succeeded results line for a custom id, about `bytes` long. */
export function resultLine(customId: string, index: number, bytes: number): string {
  const message = {
    id: `msg_01${createHash('sha256').update(`m${index}`).digest('hex').slice(0, 22)}`,
    type: 'message',
    role: 'assistant',
    model: 'claude-haiku-4-5-20251001',
    content: [{ type: 'text', text: textOf(`result ${index}`, bytes - 560) }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: {
      input_tokens: 480 + (index % 40),
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
      output_tokens: 150 + (index % 60),
      service_tier: 'batch',
    },
  }
  return JSON.stringify({ custom_id: customId, result: { type: 'succeeded', message } })
}

/** Puts a list into an order that is the same for the same length and has nothing to do with the old one. */
export function shuffled<T>(items: readonly T[]): T[] {
  const result = [...items]
  let state = 88_172_645
  for (let last = result.length - 1; last > 0; last -= 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const other = state % (last + 1)
    const kept = result[last] as T
    result[last] = result[other] as T
    result[other] = kept
  }
  return result
}

/** A file of request lines, made once. */
export async function requestsFile(count: number, bytes: number): Promise<string> {
  return await fileOf(`requests-${count}-${bytes}.jsonl`, count, (index) =>
    requestLine(index, bytes),
  )
}

/** A file of results lines, made once. */
export async function resultsFile(count: number, bytes: number): Promise<string> {
  return await fileOf(`results-${count}-${bytes}.jsonl`, count, (index) =>
    resultLine(`row-${index}`, index, bytes),
  )
}

async function fileOf(
  name: string,
  count: number,
  lineOf: (index: number) => string,
): Promise<string> {
  const path = join(benchFolder(), name)
  if (existsSync(path)) return path
  const out = createWriteStream(path)
  for (let index = 0; index < count; index += 1) {
    if (!out.write(`${lineOf(index)}\n`)) await once(out, 'drain')
  }
  out.end()
  await finished(out)
  return path
}
