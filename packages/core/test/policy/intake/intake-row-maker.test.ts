import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deadlineLane, laneKey } from '../../../src/model/lane.js'
import { readInputLine } from '../../../src/policy/intake/input-line.js'
import { IntakeRowMaker, keyHashOf } from '../../../src/policy/intake/intake-row-maker.js'
import { withDeadline } from '../../../src/policy/intake/with-deadline.js'
import type { IntakeRow } from '../../../src/ports/store-intake.js'

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const SYSTEM = 'You sort tickets. Answer with one word: bug, question, praise or other.'

let hashed = 0
function hash128(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256')
  for (const part of parts) hashed += hash.update(part) ? part.length : 0
  return new Uint8Array(hash.digest().subarray(0, 16))
}

const newMaker = () => new IntakeRowMaker({ hash128 })
const textOf = (bytes: Uint8Array | undefined) =>
  bytes === undefined ? null : decoder.decode(bytes)

function rowOf(text: string, maker = newMaker(), line = 7): IntakeRow {
  const read = readInputLine(encoder.encode(text), { file: 'a.jsonl', line })
  return read === null ? expect.fail('a blank line') : maker.toIntakeRow(read)
}

const withParams = (params: string) => `{"custom_id":"a","params":${params}}`
const hashOf = (params: string) => textOf(rowOf(withParams(params)).paramsHash)

describe('a row of a line', () => {
  test('holds what the store needs, and the params byte for byte', () => {
    const row = rowOf(
      `{"key":"ü","labels":{"team":"a"},"deadline_at":"2026-11-21T06:00:00.1239+11:00","params":{"model":"m","messages":[ 1e2 ,"\\ud800\\u0000"],"system" : "${SYSTEM}","max_tokens":1e3}}`,
    )
    expect(row).toMatchObject({
      key: 'ü',
      row: 7,
      lane: deadlineLane({}, Date.UTC(2026, 10, 20, 19)),
      model: 'm',
      maxTokens: 1000,
      deadlineAt: Date.UTC(2026, 10, 20, 19, 0, 0, 123),
      labels: { team: 'a' },
    })
    expect(row.keyHash).toEqual(hash128(encoder.encode('ü')))
    expect(row.keyHash).toEqual(keyHashOf('ü', hash128))
    expect(textOf(row.prefix?.bytes)).toBe(`"model":"m","system" : "${SYSTEM}"`)
    expect(textOf(row.body)).toBe('"messages":[ 1e2 ,"\\ud800\\u0000"],"max_tokens":1e3')
    const item = `{"custom_id":"${'x'.repeat(42)}","params":{${textOf(row.prefix?.bytes)},${textOf(row.body)}}}`
    expect(row.itemBytes).toBe(item.length)
  })

  test('keeps a small prefix in the body, in the order it came', () => {
    const row = rowOf(withParams('{"messages":[],"model":"m","max_tokens":5}'))
    expect(row.prefix).toBeNull()
    expect(textOf(row.body)).toBe('"messages":[],"model":"m","max_tokens":5')
  })

  test('owns its bytes', () => {
    const bytes = encoder.encode(
      withParams(`{"model":"m","system":"${SYSTEM}","messages":[],"max_tokens":5}`),
    )
    const read = readInputLine(bytes, { file: null, line: 1 })
    const row = read === null ? null : newMaker().toIntakeRow(read)
    bytes.fill(0)
    expect(textOf(row?.body)).toBe('"messages":[],"max_tokens":5')
    expect(textOf(row?.prefix?.bytes)).toContain(SYSTEM)
  })

  test('stands behind a byte order mark and before a carriage return', () => {
    expect(
      rowOf(`\ufeff${withParams('{"model":"m","messages":[],"max_tokens":5}')}\r`, newMaker(), 1)
        .key,
    ).toBe('a')
    expect(() => rowOf('\ufeff{}', newMaker(), 2)).toThrow(
      'expected a JSON object, got \\ufeff at column 1.',
    )
  })

  test('is none where the line is blank', () => {
    for (const text of ['', '\r', ' \t ', '\ufeff\r']) {
      expect(readInputLine(encoder.encode(text), { file: null, line: 1 })).toBeNull()
    }
  })

  test('lets the provider judge everything that only the provider can', () => {
    const params =
      '{"model":"m","messages":[],"max_tokens":5,"stream":false,"store":1,"x":{"y":[]},"temperature":9}'
    expect(textOf(rowOf(withParams(params)).body)).toBe(params.slice(1, -1))
  })

  test('takes a body that is larger than a block of the slab', () => {
    const content = 'x'.repeat(400_000)
    const row = rowOf(withParams(`{"model":"m","messages":["${content}"],"max_tokens":5}`))
    expect(row.body.length).toBeGreaterThan(400_000)
    expect(textOf(row.body)?.endsWith('"max_tokens":5')).toBe(true)
  })
})

describe('the hash of params', () => {
  const base = '{"model":"m","messages":[{"role":"user"}],"max_tokens":5}'

  test.each([
    ['the order of members', '{"max_tokens":5,"messages":[{"role":"user"}],"model":"m"}'],
    ['space around members', '{ "model" : "m" ,\t"messages":[{"role":"user"}],\r"max_tokens":5 }'],
  ])('does not see %s', (_, params) => {
    expect(hashOf(params)).toBe(hashOf(base))
  })

  test.each([
    ['a value', '{"model":"m","messages":[{"role":"user"}],"max_tokens":6}'],
    ['space inside a value', '{"model":"m","messages":[ {"role":"user"}],"max_tokens":5}'],
    ['one member more', '{"model":"m","messages":[{"role":"user"}],"max_tokens":5,"top_k":1}'],
    [
      'bytes that move from one member to the next',
      '{"model":"m","messages":[{"role":"user"}],"max_token":5,"max_tokens":5}',
    ],
  ])('sees %s', (_, params) => {
    expect(hashOf(params)).not.toBe(hashOf(base))
  })

  test('is the same for a small scratch and for params that outgrow it', () => {
    const long = 'x'.repeat(70_000)
    const a = hashOf(`{"model":"m","messages":["${long}"],"max_tokens":5}`)
    expect(a).toBe(hashOf(`{"max_tokens":5,"model":"m","messages":["${long}"]}`))
    expect(a).not.toBe(hashOf(`{"max_tokens":5,"model":"m","messages":["${long}y"]}`))
  })

  test('is the same whatever order members come in', () => {
    const params = fc.dictionary(fc.string(), fc.jsonValue())
    fc.assert(
      fc.property(params, fc.infiniteStream(fc.nat()), (extra, order) => {
        const all = Object.entries({ ...extra, model: 'm', messages: [], max_tokens: 5 }).filter(
          ([name]) => name !== 'stream' && name !== 'speed',
        )
        const shuffled = all
          .map((entry) => ({ entry, at: order.next().value ?? 0 }))
          .sort((a, b) => a.at - b.at)
          .map(({ entry }) => entry)
        const written = (entries: [string, unknown][]) =>
          `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join()}}`
        expect(hashOf(written(all))).toBe(hashOf(written(shuffled)))
      }),
      { numRuns: 200 },
    )
  })
})

describe('prefixes', () => {
  const params = (system: string) =>
    withParams(`{"model":"m","system":"${system.padEnd(64, '.')}","messages":[],"max_tokens":5}`)

  test('equal ones are one object, also when others come between', () => {
    const maker = newMaker()
    const rows = ['a', 'a', 'b', 'a', 'b'].map((system) => rowOf(params(system), maker))
    const [a, again, b] = rows.map(({ prefix }) => prefix)
    expect(a).not.toBeNull()
    expect(again).toBe(a)
    expect(b).not.toBe(a)
    expect(rows.map(({ prefix }) => prefix)).toEqual([a, a, b, a, b])
    expect(rows[3]?.prefix).toBe(a)
    expect(a?.hash).toEqual(hash128(a?.bytes ?? new Uint8Array(0)))
  })

  test('an equal prefix in a row is not hashed again', () => {
    const maker = newMaker()
    rowOf(params('a'), maker)
    const before = hashed
    const row = rowOf(params('a'), maker)
    const paramsAndKey = 1 + 4 * 8 + '"model""m""system""messages"[]"max_tokens"5'.length + 66
    expect(hashed - before).toBe(paramsAndKey)
    expect(row.prefix).not.toBeNull()
  })

  test('prefixes that no two rows share stay in the body from some row on, until one comes back', () => {
    const maker = newMaker()
    const rows = Array.from({ length: 100 }, (_, index) => rowOf(params(`s${index}`), maker))
    expect(rows[0]?.prefix).not.toBeNull()
    expect(rows[99]?.prefix).toBeNull()
    expect(textOf(rows[99]?.body)).toContain('"system":"s99.')
    expect(rowOf(params('s99'), maker).prefix).not.toBeNull()
    expect(textOf(rows[99]?.paramsHash)).toBe(textOf(rowOf(params('s99')).paramsHash))
  })

  test('the oldest are forgotten when there are many', () => {
    const maker = newMaker()
    const first = rowOf(params('first'), maker).prefix
    for (let index = 0; index < 300; index += 1) {
      rowOf(params(`s${index}`), maker)
      rowOf(params(`s${index}`), maker)
    }
    const again = rowOf(params('first'), maker).prefix
    expect(again).not.toBe(first)
    expect(again).toEqual(first)
  })
})

describe('a row of a program', () => {
  test('is the row that its JSON would be', () => {
    const params = {
      model: 'm',
      system: SYSTEM,
      messages: [{ role: 'user', content: '\ud800' }],
      max_tokens: 5,
    }
    const line = rowOf(
      JSON.stringify({ key: 'k', params, deadline_at: '2026-11-21T06:00:00Z', labels: { a: 'b' } }),
    )
    const deadlineAt = Date.UTC(2026, 10, 21, 6)
    const row = newMaker().intakeRowOf({ key: 'k', params, deadlineAt, labels: { a: 'b' } }, 7)
    expect(row).toEqual(line)
    const text = newMaker().intakeRowOf(
      { key: 'k', params, deadlineAt: '2026-11-21T06:00:00Z', labels: { a: 'b' } },
      7,
    )
    expect(text).toEqual(line)
  })

  test('has no row number outside a job, and nothing where nothing was given', () => {
    const params = { model: 'm', messages: [], max_tokens: 5 }
    const row = newMaker().intakeRowOf({ key: 'k', params, labels: {}, deadlineAt: null })
    expect(row).toMatchObject({ row: null, labels: null, deadlineAt: null })
  })

  test('is wanted by an instant that is given for all, unless it has one of its own', () => {
    const six = Date.UTC(2026, 10, 24, 6)
    const plain = rowOf(withParams('{"model":"m","messages":[],"max_tokens":1}'))
    expect(withDeadline(plain, null)).toBe(plain)
    expect(withDeadline(plain, six)).toEqual({
      ...plain,
      ...{ deadlineAt: six, lane: deadlineLane({}, six) },
    })
    const own = withDeadline(plain, six - 1)
    expect(withDeadline(own, six)).toBe(own)
  })

  test('goes by the lane of its maker', () => {
    const lane = { betas: ['b', 'a'] }
    const maker = new IntakeRowMaker({ hash128, lane })
    const params = { model: 'm', messages: [], max_tokens: 5 }
    expect(maker.intakeRowOf({ key: 'k', params }).lane).toBe(laneKey(lane))
  })
})
