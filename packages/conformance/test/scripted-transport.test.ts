import {
  type AccountId,
  type CreateParams,
  laneKey,
  type Nonce,
  type RemoteBatch,
  type RemoteId,
} from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { ScriptedTransport, scriptedError, scriptedResults } from '../src/scripted-transport.js'

const account = 'main' as AccountId
const remoteId = 'msgbatch_1' as RemoteId
const batch: RemoteBatch = {
  id: remoteId,
  status: 'in_progress',
  counts: { processing: 1, succeeded: 0, errored: 0, canceled: 0, expired: 0 },
  createdAt: 0,
  expiresAt: 86_400_000,
  endedAt: null,
  cancelInitiatedAt: null,
  archivedAt: null,
}

function create(over: Partial<CreateParams> = {}): CreateParams {
  async function* body(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode('ab')
    yield new TextEncoder().encode('c')
  }
  return {
    account,
    lane: laneKey({}),
    nonce: 'nonce' as Nonce,
    requestCount: 1,
    contentLength: 3,
    body: body(),
    mayContinue: () => true,
    ...over,
  }
}

describe('a scripted transport', () => {
  test('plays its steps in order, then the standing one, and keeps the calls', async () => {
    const gone = { type: 'not_found', error: scriptedError('gone', { status: 404 }) } as const
    const transport = new ScriptedTransport()
      .script('retrieve', { type: 'batch', batch }, (params) => ({
        type: 'failed',
        error: scriptedError(params.remoteId),
      }))
      .always('retrieve', gone)
    const params = { account, remoteId }
    expect(await transport.retrieve(params)).toEqual({ type: 'batch', batch })
    expect(await transport.retrieve(params)).toMatchObject({ error: { message: 'msgbatch_1' } })
    expect(await transport.retrieve(params)).toEqual(gone)
    expect(await transport.retrieve(params)).toEqual(gone)
    expect(transport.callsOf('retrieve').map((call) => call.params)).toEqual([
      params,
      params,
      params,
      params,
    ])
    expect(transport.calls).toHaveLength(4)
  })

  test('throws where nothing is scripted', async () => {
    const transport = new ScriptedTransport()
    await expect(transport.snapshot({ account })).rejects.toThrow(
      'Nothing is scripted for snapshot.',
    )
  })

  test('reads the body of a create and shows it to its step', async () => {
    const bodies: string[] = []
    const transport = new ScriptedTransport().script('createBatch', (_params, body) => {
      bodies.push(new TextDecoder().decode(body ?? new Uint8Array()))
      return { type: 'accepted', batch }
    })
    expect(await transport.createBatch(create())).toEqual({ type: 'accepted', batch })
    expect(bodies).toEqual(['abc'])
  })

  test.each<[string, Partial<CreateParams>]>([
    ['that may not begin', { mayContinue: () => false }],
    ['that was aborted', { signal: AbortSignal.abort() }],
    ['of another length', { contentLength: 4 }],
  ])('sends no create %s, and leaves the script alone', async (_name, over) => {
    const transport = new ScriptedTransport().script('createBatch', { type: 'accepted', batch })
    expect(await transport.createBatch(create(over))).toMatchObject({ type: 'not_sent' })
    const next = create({ nonce: 'other' as Nonce })
    expect(await transport.createBatch(next)).toMatchObject({ type: 'accepted' })
  })

  test('throws at the second create for a nonce', async () => {
    const transport = new ScriptedTransport().always('createBatch', { type: 'accepted', batch })
    await transport.createBatch(create())
    await expect(transport.createBatch(create())).rejects.toMatchObject({ code: 'invariant' })
    expect(transport.calls).toHaveLength(1)
  })

  test('gives results in pieces, with one end', async () => {
    const results = scriptedResults({ lines: ['a', 'b', 'c'], linesPerPiece: 2 })
    const transport = new ScriptedTransport().script('streamResults', results)
    const opened = await transport.streamResults({ account, remoteId })
    const pieces: unknown[] = []
    if (opened.type === 'results') for await (const piece of opened.pieces) pieces.push(piece)
    const encoder = new TextEncoder()
    expect(pieces).toEqual([
      { type: 'lines', lines: [encoder.encode('a'), encoder.encode('b')] },
      { type: 'lines', lines: [encoder.encode('c')] },
      { type: 'end', clean: true, error: null },
    ])
  })
})
