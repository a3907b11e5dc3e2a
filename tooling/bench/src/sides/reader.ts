import Anthropic from '@anthropic-ai/sdk'
import { DEFAULT_ACCOUNT, InvariantError, type RemoteId } from '@halfrate/core'
import { createHttpTransport } from '@halfrate/transport-http'
import { resultsFile } from '../payload.js'
import { withServer } from '../with-server.js'

const SMALL = { count: 100_000, bytes: 1_270 }
// The SDK needs about a second for each of these.
const LARGE = { count: 20, bytes: 2_000_000 }

/** Our reader, counting small lines. */
export async function readerOurs(): Promise<number> {
  return await ours(SMALL)
}

/** The SDK's reader, counting small lines. */
export async function readerBaseline(): Promise<number> {
  return await baseline(SMALL)
}

/** Our reader, counting lines of 2 MB. */
export async function largeReaderOurs(): Promise<number> {
  return await ours(LARGE)
}

/** The SDK's reader, counting lines of 2 MB. */
export async function largeReaderBaseline(): Promise<number> {
  return await baseline(LARGE)
}

interface Size {
  readonly count: number
  readonly bytes: number
}

async function ours({ count, bytes }: Size): Promise<number> {
  const path = await resultsFile(count, bytes)
  return await withServer(path, count, async (baseUrl) => {
    const transport = createHttpTransport({
      accounts: () => ({ baseUrl, apiKey: 'bench' }),
      now: () => Date.now(),
    })
    const startedAt = performance.now()
    const results = await transport.streamResults({
      account: DEFAULT_ACCOUNT,
      remoteId: 'msgbatch_01benchbenchbenchbench01' as RemoteId,
    })
    if (results.type !== 'results') throw new InvariantError(`no results: ${results.error.message}`)
    let lines = 0
    for await (const piece of results.pieces)
      if (piece.type === 'lines') lines += piece.lines.length
    return checked(lines, count, performance.now() - startedAt)
  })
}

async function baseline({ count, bytes }: Size): Promise<number> {
  const path = await resultsFile(count, bytes)
  return await withServer(path, count, async (baseURL) => {
    const client = new Anthropic({ apiKey: 'bench', baseURL })
    const startedAt = performance.now()
    let lines = 0
    for await (const _line of await client.messages.batches.results(
      'msgbatch_01benchbenchbenchbench01',
    ))
      lines += 1
    return checked(lines, count, performance.now() - startedAt)
  })
}

function checked(lines: number, count: number, ms: number): number {
  if (lines !== count) throw new InvariantError(`read ${lines} of ${count} lines`)
  return ms
}
