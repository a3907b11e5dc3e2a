import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createBody, type StreamedBody } from '../../src/engine/body.js'
import { PIECE_BYTES } from '../../src/engine/item-writer.js'
import {
  contentLengthOf,
  itemBytesOf,
  type MemberBody,
  makeCustomId,
  type Nonce,
  type RequestId,
  type Sealing,
  type Submission,
} from '../../src/index.js'
import { splitBody, withKeyTail } from '../../src/policy/intake/index.js'

const nonce = '0123456789abc' as Nonce
const submission = { id: 1, nonce } as Submission
const sealing: Sealing = {
  hmac: (key, message) => new Uint8Array(createHmac('sha256', key).update(message).digest()),
  keys: [new Uint8Array(32).fill(7)],
  workspaceId: 'wrkspc_1',
}

interface Part {
  readonly prefix: Uint8Array | null
  readonly body: Uint8Array
  /** The key whose tail its id ends in. */
  readonly key?: string | null
}

// What intake makes of a part: `body` is what the store has, `itemBytes` what was counted.
function stored({ prefix, body, key = null }: Part) {
  const itemBytes = itemBytesOf(prefix?.length ?? 0, body.length)
  if (key === null) return { body, itemBytes }
  const keyHash = new Uint8Array(createHash('sha256').update(key).digest())
  return withKeyTail({ key, keyHash, body, itemBytes })
}

function membersOf(parts: readonly Part[]): readonly MemberBody[] {
  return parts.map((part, index) => ({
    prefix: part.prefix,
    body: stored(part).body,
    ordinal: index * 2,
    requestId: (index + 1) as RequestId,
  }))
}

function bodyOf(members: readonly MemberBody[], pageLimit = 1_000): StreamedBody {
  const store = {
    traits: { pageLimit, workers: 'one' as const },
    readMembers: ({ after, limit }: { after: number; limit: number }) =>
      Promise.resolve(members.filter((member) => member.ordinal > after).slice(0, limit)),
    readBlob: () => expect.fail('no member has a file'),
  }
  return createBody({ store, submission, sealing, onBadFile: () => expect.unreachable() })
}

/** The pieces as a sender gets them that keeps them all until the end. */
async function piecesOf(members: readonly MemberBody[], pageLimit?: number): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = []
  for await (const piece of bodyOf(members, pageLimit).body) pieces.push(piece)
  return pieces
}

/** The body as one would write it who has all the memory and time there is. */
function plainBody(members: readonly MemberBody[]): Buffer {
  const items = members.map(({ requestId, prefix, body: whole }) => {
    const { tail, body } = splitBody(whole)
    const id = makeCustomId(requestId, nonce, sealing) + Buffer.from(tail ?? []).toString()
    const comma = (prefix?.length ?? 0) > 0 && body.length > 0 ? ',' : ''
    const head = `{"custom_id":"${id}","params":{`
    return Buffer.concat([Buffer.from(head), prefix ?? Buffer.of(), Buffer.from(comma), body])
  })
  const joined = items.map((item, index) =>
    Buffer.concat([Buffer.from(index > 0 ? '}},' : ''), item]),
  )
  const end = members.length > 0 ? '}}]}' : ']}'
  return Buffer.concat([Buffer.from('{"requests":['), ...joined, Buffer.from(end)])
}

function lengthOf(parts: readonly Part[]): number {
  const items = parts.reduce((sum, part) => sum + stored(part).itemBytes, 0)
  return contentLengthOf(items, parts.length)
}

const filled = (bytes: number, byte = 0x78): Uint8Array => new Uint8Array(bytes).fill(byte)

test('the body is every item in its order, whatever bytes it is made of and wherever pages end', async () => {
  // Zeros, halves of pairs and cut characters among them.
  const anyBytes = fc.uint8Array({ maxLength: 300 })
  const anyKey = fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' })
  const anyPart = fc.record({ prefix: fc.option(anyBytes), body: anyBytes, key: fc.option(anyKey) })
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyPart, { maxLength: 20 }),
      fc.integer({ min: 1, max: 7 }),
      async (parts, pageLimit) => {
        const members = membersOf(parts)
        const body = Buffer.concat(await piecesOf(members, pageLimit))
        expect(body.equals(plainBody(members))).toBe(true)
        expect(body.length).toBe(lengthOf(parts))
      },
    ),
  )
})

test.each([
  ['fill a piece', [PIECE_BYTES]],
  ['leave no room for the next', [PIECE_BYTES - 100, 1, 1]],
  ['are one byte too large for a piece', [PIECE_BYTES + 1]],
  ['stand between small ones', [10, 3 * PIECE_BYTES + 5, 10]],
  ['follow each other', [2 * PIECE_BYTES, 2 * PIECE_BYTES, 0]],
  ['grow over several pages', Array.from({ length: 300 }, (_, index) => index * 11)],
])('bodies that %s are sent whole', async (_what, sizes) => {
  for (const key of [null, 'claim-8812', 'claims/2026/letter 8812.md']) {
    const parts = sizes.flatMap((size, index) => [
      { prefix: null, body: filled(size, 1 + (index % 200)), key },
      { prefix: filled(200, 0x70), body: filled(size, 1 + (index % 200)), key },
    ])
    const members = membersOf(parts)
    const body = Buffer.concat(await piecesOf(members))
    expect(body.equals(plainBody(members))).toBe(true)
    expect(body.length).toBe(lengthOf(parts))
  }
})

test('ids end in the tails of keys, each in its own, beside ids without', async () => {
  const parts = ['claim-1', null, 'claims/2.md'].map((key) => ({
    ...{ prefix: null, body: new TextEncoder().encode('"a":1'), key },
  }))
  const body = Buffer.concat(await piecesOf(membersOf(parts))).toString()
  const sent = JSON.parse(body) as {
    readonly requests: readonly { readonly custom_id: string; readonly params: object }[]
  }
  expect(sent.requests.map((item) => item.custom_id.slice(42))).toEqual([
    '-claim-1',
    '',
    '_ac848b9aclaims_2_md',
  ])
  for (const { params } of sent.requests) expect(params).toEqual({ a: 1 })
})

test('a sender can stop in the middle of a large body', async () => {
  const parts = [{ prefix: filled(10), body: filled(5 * PIECE_BYTES) }]
  const pieces = await piecesOf(membersOf(parts))
  expect(pieces.length).toBeGreaterThan(5)
  for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(PIECE_BYTES)
})

test('a prefix that is larger than a piece is sent whole', async () => {
  const prefix = filled(2 * PIECE_BYTES)
  const members = membersOf([
    { prefix, body: filled(5) },
    { prefix, body: filled(PIECE_BYTES + 5) },
  ])
  expect(Buffer.concat(await piecesOf(members)).equals(plainBody(members))).toBe(true)
})

// Of several pieces each, between bodies that are handed on as they are stored.
const MANY_PIECES = [10, 3 * PIECE_BYTES + 5, ...new Array<number>(400).fill(999), PIECE_BYTES + 1]

function manyMembers(): readonly MemberBody[] {
  return membersOf(
    MANY_PIECES.map((size, index) => ({
      prefix: index % 100 === 1 ? filled(2 * PIECE_BYTES, 0x70) : null,
      body: filled(size, 1 + (index % 255)),
    })),
  )
}

test('a sender that gives pieces back once it has sent them sends the same', async () => {
  const members = manyMembers()
  const { body, reuse } = bodyOf(members, 10)
  const sent: Buffer[] = []
  for await (const piece of body) {
    sent.push(Buffer.from(piece))
    reuse?.(piece)
  }
  expect(Buffer.concat(sent).equals(plainBody(members))).toBe(true)
  // What the store handed out was only read.
  expect(plainBody(members).equals(plainBody(manyMembers()))).toBe(true)
})

test('a sender that gives every piece back needs the buffer of one', async () => {
  const { body, reuse } = bodyOf(
    membersOf(new Array(800).fill({ prefix: null, body: filled(999) })),
  )
  const buffers = new Set<ArrayBufferLike>()
  for await (const piece of body) {
    buffers.add(piece.buffer)
    reuse?.(piece)
  }
  expect(buffers.size).toBe(2)
})

test('a piece that was not given back is not written to again', async () => {
  const members = membersOf(new Array(800).fill({ prefix: null, body: filled(999) }))
  const { body, reuse } = bodyOf(members)
  const kept: Uint8Array[] = []
  for await (const piece of body) {
    kept.push(kept.length % 2 === 0 ? piece : Buffer.from(piece))
    if (kept.length % 2 === 0) reuse?.(piece)
  }
  expect(Buffer.concat(kept).equals(plainBody(members))).toBe(true)
})
