import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import type { Answer, BodyEnd, LinesResponse } from '../model/index.js'

const CHUNK_CHARACTERS = 64 * 1_024

/**
 * Sends what the model answered, or fails to send it in the way the model asks.
 *
 * Resolves when there is nothing more to send. A connection that is to hang stays open until the
 * client gives up or the server closes.
 */
export async function sendAnswer(
  answer: Answer<unknown> | LinesResponse,
  response: ServerResponse,
): Promise<void> {
  if (answer.type === 'hang') return
  if (answer.type === 'reset') {
    response.socket?.resetAndDestroy()
    return
  }
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value)
  response.statusCode = answer.status
  if (answer.type === 'lines') await writeLines(answer.lines, response)
  else await writeText(textOf(answer.body), answer.end, response)
  end(answer.end, response)
}

function textOf(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body)
}

async function writeText(body: string, end: BodyEnd, response: ServerResponse): Promise<void> {
  // A body that breaks off must not look complete, so its length is not told.
  if (end === 'complete') response.setHeader('content-length', Buffer.byteLength(body))
  await write(body, response)
}

async function writeLines(lines: Iterable<string>, response: ServerResponse): Promise<void> {
  let chunk = ''
  for (const line of lines) {
    chunk += line
    if (chunk.length < CHUNK_CHARACTERS) continue
    await write(chunk, response)
    chunk = ''
    if (response.destroyed) return
    // Other calls get their turn while a large file is made.
    await setImmediate()
  }
  if (chunk === '') response.flushHeaders()
  else await write(chunk, response)
}

async function write(chunk: string, response: ServerResponse): Promise<void> {
  if (response.destroyed || response.write(chunk)) return
  const gone = new AbortController()
  const close = (): void => gone.abort()
  response.once('close', close)
  await once(response, 'drain', { signal: gone.signal }).catch(() => {})
  response.off('close', close)
}

function end(how: BodyEnd, response: ServerResponse): void {
  if (how === 'complete') response.end()
  // The bytes so far are to arrive, so the connection is closed behind them, not reset.
  if (how === 'reset') response.write('', () => response.socket?.destroySoon())
}
