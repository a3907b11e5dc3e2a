import { closeSync, createReadStream, openSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import {
  InvariantError,
  type RemoteBatch,
  type RemoteId,
  type ResultsPiece,
  type Transport,
} from '@halfrate/core'
import { benchFolder } from '../payload.js'

const CUSTOM_ID = /\{"custom_id":"([^"]+)","params"/g
const SUFFIX = '.ids'
const LINES_PER_PIECE = 200

/** Forgets every batch of a run before. */
export function clearDiskProvider(): void {
  for (const name of readdirSync(benchFolder())) {
    if (name.startsWith('msgbatch_') && name.endsWith(SUFFIX)) rmSync(join(benchFolder(), name))
  }
}

/**
 * A provider without a wire, whose batches run for as long as the process that made them, and have ended for every later
 * one: so what a phase measures is its own. It holds the custom ids of each batch in a file, so that what a process takes
 * is ours.
 */
export function diskProvider(): Transport {
  const running = new Map<RemoteId, RemoteBatch>()
  const page = {
    type: 'page',
    batches: [],
    hasMore: false,
    serverAt: Date.now(),
    workspaceId: null,
  } as const
  let made = 0
  return {
    snapshot: () => Promise.resolve(page),
    list: () => Promise.resolve(page),
    createBatch: async ({ body }) => {
      made += 1
      const remoteId = `msgbatch_01scale${String(made).padStart(17, '0')}` as RemoteId
      const count = await writeIds(remoteId, body)
      const batch = batchOf(remoteId, 'in_progress', count)
      running.set(remoteId, batch)
      return { type: 'accepted', batch }
    },
    retrieve: async ({ remoteId }) => {
      const batch = running.get(remoteId)
      if (batch !== undefined) return { type: 'batch', batch }
      let count = 0
      for await (const _ of idsOf(remoteId)) count += 1
      return { type: 'batch', batch: batchOf(remoteId, 'ended', count) }
    },
    createMessage: () => Promise.reject(new InvariantError('the bench makes batches only')),
    cancel: () => Promise.reject(new InvariantError('the bench cancels nothing')),
    streamResults: ({ remoteId }) =>
      Promise.resolve({ type: 'results', pieces: piecesOf(remoteId) }),
    countTokens: () => Promise.reject(new InvariantError('the bench counts nothing')),
  }
}

function idsPath(remoteId: RemoteId): string {
  return join(benchFolder(), remoteId + SUFFIX)
}

// Piece by piece: an id that is held is a part of its piece's text, so a batch of ids would be the whole body.
async function writeIds(remoteId: RemoteId, body: AsyncIterable<Uint8Array>): Promise<number> {
  const file = openSync(idsPath(remoteId), 'w')
  let count = 0
  try {
    // A piece of the body ends at an item's end, so no custom id is cut.
    for await (const piece of body) {
      const text = Buffer.from(piece.buffer, piece.byteOffset, piece.length).toString('latin1')
      const ids = Array.from(text.matchAll(CUSTOM_ID), ([, id]) => id ?? '')
      if (ids.length > 0) writeSync(file, `${ids.join('\n')}\n`)
      count += ids.length
    }
  } finally {
    closeSync(file)
  }
  return count
}

function idsOf(remoteId: RemoteId): AsyncIterable<string> {
  return createInterface({ input: createReadStream(idsPath(remoteId)) })
}

async function* piecesOf(remoteId: RemoteId): AsyncGenerator<ResultsPiece> {
  let lines: Uint8Array[] = []
  for await (const id of idsOf(remoteId)) {
    lines.push(Buffer.from(resultOf(id)))
    if (lines.length < LINES_PER_PIECE) continue
    yield { type: 'lines', lines }
    lines = []
  }
  if (lines.length > 0) yield { type: 'lines', lines }
  yield { type: 'end', clean: true, error: null }
}

// 300 bytes with the id.
function resultOf(id: string): string {
  return `{"custom_id":"${id}","result":{"type":"succeeded","message":{"id":"msg_01scale","type":"message","role":"assistant","model":"claude-haiku-4-5","content":[{"type":"text","text":"Water damage."}],"stop_reason":"end_turn","usage":{"input_tokens":52,"output_tokens":5,"service_tier":"batch"}}}}`
}

function batchOf(id: RemoteId, status: RemoteBatch['status'], count: number): RemoteBatch {
  const createdAt = Date.now()
  const none = { processing: 0, succeeded: 0, errored: 0, canceled: 0, expired: 0 }
  const isEnded = status === 'ended'
  return {
    id,
    status,
    counts: isEnded ? { ...none, succeeded: count } : { ...none, processing: count },
    createdAt,
    expiresAt: createdAt + 86_400_000,
    endedAt: isEnded ? createdAt : null,
    cancelInitiatedAt: null,
    archivedAt: null,
  }
}
