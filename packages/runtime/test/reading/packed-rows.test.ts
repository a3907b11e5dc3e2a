import type { AcceptedRow } from '@halfrate/core/intake'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RowPacker, RowUnpacker } from '../../src/reading/packed-rows.js'

const hash = fc.uint8Array({ minLength: 16, maxLength: 16 })
const bytes = fc.uint8Array({ maxLength: 40 })
const prefix = fc.record({ hash, bytes })
const row = (prefixes: readonly AcceptedRow['prefix'][]): fc.Arbitrary<AcceptedRow> =>
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
  .array(prefix, { maxLength: 5 })
  .chain((prefixes) => fc.array(fc.array(row(prefixes), { maxLength: 6 }), { maxLength: 6 }))

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
