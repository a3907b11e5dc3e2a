import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { CachePrefix } from '../../../src/model/queue-policy.js'
import { IntakeRowMaker } from '../../../src/policy/intake/intake-row-maker.js'
import { withCachedPrefix } from '../../../src/policy/intake/with-cached-prefix.js'
import { itemBytesOf } from '../../../src/policy/wire-size.js'

const hash128 = (...parts: readonly Uint8Array[]): Uint8Array => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest().subarray(0, 16)
}
const LONG = 'Read the claim with care. '.repeat(200)
const BLOCK = { type: 'text', text: LONG }
const TOOL = { name: 'look', description: LONG, input_schema: { type: 'object' } }
const HOUR = { type: 'ephemeral', ttl: '1h' }
const OURS = { messages: [{ role: 'user', content: 'One' }], max_tokens: 16 }

function rowOf(params: object, model = 'claude-opus-5') {
  return new IntakeRowMaker({ hash128 }).intakeRowOf({ key: 'a', params: { model, ...params } })
}

/** The params as they are sent. */
function sent(params: object, cachePrefix: CachePrefix = '1h', model?: string): unknown {
  const { prefix, body } = withCachedPrefix(rowOf(params, model), cachePrefix)
  const members = [prefix?.bytes, body].filter((each) => each !== undefined && each.length > 0)
  return JSON.parse(`{${members.map((each) => new TextDecoder().decode(each)).join(',')}}`)
}

describe('what rows share', () => {
  test.each([
    ['a text', { system: LONG }, { system: [{ ...BLOCK, cache_control: HOUR }] }],
    [
      'the last of several blocks',
      { system: [BLOCK, BLOCK] },
      { system: [BLOCK, { ...BLOCK, cache_control: HOUR }] },
    ],
    ['tools', { tools: [TOOL] }, { tools: [{ ...TOOL, cache_control: HOUR }] }],
    [
      'tools before a system prompt',
      { tools: [TOOL], system: LONG },
      { tools: [TOOL], system: [{ ...BLOCK, cache_control: HOUR }] },
    ],
    [
      'tools before an empty system prompt',
      { tools: [TOOL], system: '' },
      { tools: [{ ...TOOL, cache_control: HOUR }], system: '' },
    ],
  ])('has a breakpoint behind it: %s', (_, params, expected) => {
    expect(sent({ ...OURS, ...params })).toEqual({
      model: 'claude-opus-5',
      ...OURS,
      ...expected,
    })
  })

  test('is cached for five minutes where the queue says so', () => {
    const system = [{ ...BLOCK, cache_control: { type: 'ephemeral' } }]
    expect(sent({ ...OURS, system: LONG }, '5m')).toMatchObject({ system })
  })

  test.each([
    ['its own breakpoint', { system: [{ ...BLOCK, cache_control: { type: 'ephemeral' } }] }],
    ['a breakpoint of tools', { tools: [{ ...TOOL, cache_control: HOUR }], system: LONG }],
    ['a breakpoint beside system', { system: LONG, cache_control: { type: 'ephemeral' } }],
    [
      'a breakpoint in its messages',
      {
        system: LONG,
        messages: [{ role: 'user', content: [{ type: 'text', text: 'One', cache_control: HOUR }] }],
      },
    ],
    [
      'less than its model caches',
      { system: 'Read the claim with care, and say no more than yes or no.' },
    ],
    ['a tool that is loaded later', { tools: [{ ...TOOL, defer_loading: true }] }],
    ['nothing to share', {}],
    ['what is no list of blocks', { system: 7, tools: [LONG] }],
  ])('stays as it came with %s', (_, params) => {
    const row = rowOf({ ...OURS, ...params })
    expect(withCachedPrefix(row, '1h')).toBe(row)
  })

  test('that one model caches is too short for another', () => {
    const system = LONG.slice(0, 2_000)
    const asked = { system: [{ type: 'text', text: system, cache_control: HOUR }] }
    expect(sent({ ...OURS, system }, '1h', 'claude-opus-5')).toMatchObject(asked)
    expect(sent({ ...OURS, system }, '1h', 'claude-haiku-4-5')).toMatchObject({ system })
  })

  test('stays as it came where the queue says nothing', () => {
    const row = rowOf({ ...OURS, system: LONG })
    expect(withCachedPrefix(row, 'none')).toBe(row)
  })
})

describe('a row with a breakpoint', () => {
  const plain = rowOf({ ...OURS, system: LONG })
  const cached = withCachedPrefix(plain, '1h')

  test('is the same request, with another prefix', () => {
    expect(cached.paramsHash).toBe(plain.paramsHash)
    const short = withCachedPrefix(plain, '5m')
    const hashes = [plain, cached, short].map(({ prefix }) => String(prefix?.hash))
    expect(new Set(hashes).size).toBe(3)
  })

  test('is as long as it is on the wire', () => {
    expect(cached.itemBytes).toBe(itemBytesOf(cached.prefix?.bytes.length ?? 0, cached.body.length))
    expect(cached.itemBytes).toBeGreaterThan(plain.itemBytes)
  })

  test('shares its prefix with the others', () => {
    const maker = new IntakeRowMaker({ hash128 })
    const params = { model: 'claude-opus-5', ...OURS, system: LONG }
    const [one, other] = ['a', 'b'].map((key) =>
      withCachedPrefix(maker.intakeRowOf({ key, params }), '1h'),
    )
    expect(one?.prefix).toBe(other?.prefix)
  })
})
