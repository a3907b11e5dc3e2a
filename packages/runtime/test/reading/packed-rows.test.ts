import type { AcceptedRow } from '@halfrate/core/intake'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RowPacker, RowUnpacker } from '../../src/reading/packed-rows.js'

const hash = fc.uint8Array({ minLength: 16, maxLength: 16 })
const bytes = fc.uint8Array({ maxLength: 40 })
const prefix = fc.record({ hash, bytes })
const blob = fc.record({ hash: fc.uint8Array({ minLength: 32, maxLength: 32 }), bytes })
type Blobs = NonNullable<AcceptedRow['blobs']>

const row = (
  prefixes: readonly AcceptedRow['prefix'][],
  blobs: Blobs,
): fc.Arbitrary<AcceptedRow> => {
  const without = fc.constant({})
  if (blobs.length === 0) return plainRow(prefixes)
  const own = fc.shuffledSubarray([...blobs], { minLength: 1 }).map((each) => ({ blobs: each }))
  const some = fc.oneof(without, own)
  return fc.tuple(plainRow(prefixes), some).map(([plain, files]) => ({ ...plain, ...files }))
}
const plainRow = (prefixes: readonly AcceptedRow['prefix'][]): fc.Arbitrary<AcceptedRow> =>
  fc.record({
    key: fc.string({ unit: 'grapheme', minLength: 1 }),
    keyHash: hash,
    row: fc.option(fc.integer({ min: 1 })),
    paramsHash: hash,
    body: bytes,
    prefix: fc.constantFrom(null, ...prefixes),
    itemBytes: fc.nat(),
    lane: fc.constantFrom('2023-06-01', '2023-06-01 beta'),
    model: fc.string(),
    maxTokens: fc.nat(),
    deadlineAt: fc.option(fc.nat()),
    labels: fc.option(fc.dictionary(fc.string(), fc.string())),
  })
const packs = fc
  .tuple(fc.array(prefix, { maxLength: 5 }), fc.array(blob, { maxLength: 3 }))
  .chain(([prefixes, blobs]) =>
    fc.array(fc.array(row(prefixes, blobs), { maxLength: 6 }), { maxLength: 6 }),
  )

test('rows come out as they went in', () => {
  fc.assert(
    fc.property(packs, (given) => {
      const packer = new RowPacker()
      const unpacker = new RowUnpacker()
      const got = given.map((rows) => unpacker.unpack(structuredClone(packer.pack(rows))))
      expect(got).toEqual(given)
    }),
  )
})

test('what is remembered of prefixes and models is forgotten on both sides together', () => {
  const packer = new RowPacker()
  const unpacker = new RowUnpacker()
  let anew = 0
  for (let index = 0; index < 5_000; index += 1) {
    const name = String(index % 3_000)
    const given: AcceptedRow = {
      key: name,
      keyHash: new Uint8Array(16),
      row: index + 1,
      paramsHash: new Uint8Array(16),
      body: new Uint8Array(3),
      prefix: { hash: new Uint8Array(16), bytes: new TextEncoder().encode(name) },
      itemBytes: 7,
      lane: 'lane',
      model: `model ${name}`,
      maxTokens: 1,
      deadlineAt: null,
      labels: null,
    }
    const packed = packer.pack([given])
    if (packed.isAnew) anew += 1
    expect(unpacker.unpack(structuredClone(packed))).toEqual([given])
  }
  expect(anew).toBeGreaterThan(3)
})

test('a file goes to the other side once while it is remembered, and again when much came since', () => {
  const packer = new RowPacker()
  const unpacker = new RowUnpacker()
  const file = (byte: number) => ({
    hash: new Uint8Array(32).fill(byte),
    bytes: new Uint8Array(9_000_000).fill(byte),
  })
  const files = [file(1), file(2), file(3), file(4)]
  const sent = [0, 0, 1, 2, 3, 0].map((which) => {
    const given: AcceptedRow = {
      ...{ key: 'a', keyHash: new Uint8Array(16), row: 1, paramsHash: new Uint8Array(16) },
      ...{ body: new Uint8Array(3), prefix: null, itemBytes: 9, lane: 'l', model: 'm' },
      ...{ maxTokens: 1, deadlineAt: null, labels: null, blobs: [files[which] ?? file(9)] },
    }
    const packed = packer.pack([given])
    const [row] = unpacker.unpack(packed)
    expect(row?.blobs?.[0]?.hash[0]).toBe(which + 1)
    return packed.blobs.length
  })
  expect(sent).toEqual([1, 0, 1, 1, 1, 1])
})
