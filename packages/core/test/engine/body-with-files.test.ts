import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createBody } from '../../src/engine/body.js'
import { PIECE_BYTES } from '../../src/engine/item-writer.js'
import {
  BLOB_PIECE_BYTES,
  blobPiecesOf,
  contentLengthOf,
  itemBytesOf,
  type MemberBody,
  makeCustomId,
  type Nonce,
  type ProjectId,
  type RequestId,
  type Sealing,
  type Submission,
} from '../../src/index.js'
import { blobMark, wireBytesOf } from '../../src/policy/intake/index.js'

const nonce = '0123456789abc' as Nonce
const project = 'acme' as ProjectId
const submission = { id: 1, nonce, project } as Submission
const sealing: Sealing = {
  hmac: (key, message) => new Uint8Array(createHmac('sha256', key).update(message).digest()),
  keys: [new Uint8Array(32).fill(7)],
  workspaceId: 'wrkspc_1',
}

const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest())
const encoder = new TextEncoder()

/** A body of texts with files between them, and what it is on the wire. */
function bodyOf(texts: readonly number[], files: readonly Uint8Array[]) {
  const stored: Uint8Array[] = []
  const sent: string[] = []
  for (const [index, size] of texts.entries()) {
    const text = `"t${index}":"${'x'.repeat(size)}"`
    stored.push(encoder.encode(`${index > 0 ? ',' : ''}${text}`))
    sent.push(`${index > 0 ? ',' : ''}${text}`)
    const file = files[index]
    if (file === undefined) continue
    const mark = blobMark({ hash: sha256(file), size: file.length })
    stored.push(encoder.encode(`,"f${index}":"`), mark, encoder.encode('"'))
    sent.push(`,"f${index}":"${Buffer.from(file).toString('base64')}"`)
  }
  return { body: new Uint8Array(Buffer.concat(stored)), sent: sent.join('') }
}

interface Reads {
  pieces: number
  mostBytes: number
  /** How often it was told that a file is damaged. */
  bad: number
}

function streamed(
  bodies: readonly Uint8Array[],
  files: readonly Uint8Array[],
  reads: Reads = { pieces: 0, mostBytes: 0, bad: 0 },
) {
  const members: readonly MemberBody[] = bodies.map((body, index) => ({
    ...{ body, ordinal: index, requestId: (index + 1) as RequestId, prefix: null },
  }))
  const byHash = new Map(files.map((file) => [Buffer.from(sha256(file)).toString('hex'), file]))
  return createBody({
    store: {
      traits: { pageLimit: 100, workers: 'one' },
      readMembers: ({ after, limit }) =>
        Promise.resolve(members.filter(({ ordinal }) => ordinal > after).slice(0, limit)),
      readBlob: async ({ project: asked, hash, piece }) => {
        const file = asked === project ? byHash.get(Buffer.from(hash).toString('hex')) : undefined
        const found = blobPiecesOf(file ?? new Uint8Array())[piece]
        if (found === undefined) return null
        reads.pieces += 1
        reads.mostBytes = Math.max(reads.mostBytes, found.length)
        return found.slice()
      },
    },
    submission,
    sealing,
    onBadFile: () => {
      reads.bad += 1
    },
  })
}

const item = (index: number, params: string) =>
  `{"custom_id":"${makeCustomId((index + 1) as RequestId, nonce, sealing)}","params":{${params}}}`

const around = (...sizes: readonly number[]) =>
  fc.oneof(
    fc.integer({ min: 0, max: 200 }),
    ...sizes.map((size) => fc.integer({ min: size - 8, max: size + 8 })),
  )

test('the body is JSON with the base64 of files in place, as long as it was said to be', async () => {
  // Around the ends of a quantum, of a piece of the body, of one in base64 and of a stored piece.
  const fileBytes = around(3, (PIECE_BYTES / 4) * 3, PIECE_BYTES, BLOB_PIECE_BYTES).filter(
    (size) => size > 0,
  )
  const member = fc.record({
    texts: fc.array(around(PIECE_BYTES - 400, PIECE_BYTES), { minLength: 1, maxLength: 4 }),
    files: fc.array(fileBytes, { maxLength: 3 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(member, { minLength: 1, maxLength: 5 }), async (drawn) => {
      const files = drawn
        .flatMap(({ files: sizes }) => sizes)
        .map((size, index) =>
          Uint8Array.from({ length: size }, (_, at) => (at * 31 + index + size) % 256),
        )
      let at = 0
      const bodies = drawn.map(({ texts, files: sizes }) => {
        const own = files.slice(at, at + sizes.length)
        at += sizes.length
        return bodyOf(texts, own)
      })
      const { body, reuse } = streamed(
        bodies.map((each) => each.body),
        files,
      )
      const sent: Buffer[] = []
      for await (const piece of body) {
        // An item without files that fits a piece is not cut, with what stands around its body.
        expect(piece.length).toBeLessThanOrEqual(PIECE_BYTES + 200)
        sent.push(Buffer.from(piece))
        reuse?.(piece)
      }
      const whole = Buffer.concat(sent)
      const items = bodies.map((each, index) => item(index, each.sent))
      expect(whole.equals(Buffer.from(`{"requests":[${items.join(',')}]}`))).toBe(true)
      const sizes = bodies.map((each) => itemBytesOf(0, wireBytesOf(each.body)))
      const total = sizes.reduce((sum, size) => sum + size, 0)
      expect(whole.length).toBe(contentLengthOf(total, bodies.length))
      expect(() => JSON.parse(whole.toString())).not.toThrow()
    }),
    { numRuns: 25 },
  )
})

test('of 200 MB of base64 from ten files one piece is held at a time', async () => {
  const file = new Uint8Array(15_000_000).fill(5)
  const { body } = bodyOf([3], [file])
  const reads: Reads = { pieces: 0, mostBytes: 0, bad: 0 }
  const { body: pieces, reuse } = streamed(new Array<Uint8Array>(10).fill(body), [file], reads)
  const buffers = new Set<ArrayBufferLike>()
  let [bytes, readBefore, mostAhead] = [0, 0, 0]
  for await (const piece of pieces) {
    buffers.add(piece.buffer)
    bytes += piece.length
    mostAhead = Math.max(mostAhead, reads.pieces - readBefore)
    readBefore = reads.pieces
    reuse?.(piece)
  }
  expect(bytes).toBeGreaterThan(200_000_000)
  expect(reads.mostBytes).toBe(BLOB_PIECE_BYTES)
  // No piece of a file is read before the one before it is on its way, and the pieces that were sent are written to again.
  expect(mostAhead).toBe(1)
  expect(buffers.size).toBeLessThanOrEqual(3)
})

test('a file that the store has lost meanwhile ends the sending before its end, and is told of', async () => {
  const file = new Uint8Array(10).fill(1)
  const { body } = bodyOf([1], [file])
  const reads: Reads = { pieces: 0, mostBytes: 0, bad: 0 }
  const drained = async (files: readonly Uint8Array[]) => {
    const { body: pieces } = streamed([body], files, reads)
    for await (const piece of pieces) expect(piece.length).toBeGreaterThan(0)
  }
  await expect(drained([])).rejects.toThrow(/damaged in the store: 0 bytes are there where 10/)
  expect(reads.bad).toBe(1)
  await expect(drained([file])).resolves.toBeUndefined()
  expect(reads.bad).toBe(1)
})
