import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ConfigError } from '../../../src/errors.js'
import { outputForm, storedForm } from '../../../src/policy/outputs/output-form.js'

const TRIAGE = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: {
    team: { enum: ['claims', 'sales'] },
    urgency: { type: 'integer', minimum: 1, maximum: 5 },
  },
  required: ['team', 'urgency'],
  additionalProperties: false,
} as const

describe('a text is judged by a schema', () => {
  const form = outputForm(TRIAGE)

  test.each([
    ['{"team":"sales","urgency":3}', null],
    [' {"urgency":3,\n"team":"claims"} ', null],
    ['', 'it has no text'],
    ['Sure! {"team":"sales"}', 'it is no JSON'],
  ])('%s', (text, problem) => {
    expect(form.problemOf(text)).toBe(problem)
  })

  test.each([
    ['a bound', '{"team":"sales","urgency":9}', /^urgency: .*5/],
    ['a member that is missing', '{"team":"sales"}', /^urgency: /],
    ['a member too many', '{"team":"sales","urgency":3,"x":1}', /x/],
    ['another kind of value', '[]', /object/],
  ])('%s is named with its place', (_, text, problem) => {
    expect(form.problemOf(text)).toMatch(problem)
  })

  test('of many faults three are told, and how many more there are', () => {
    const list = outputForm({ type: 'array', items: { type: 'number' } })
    expect(list.problemOf('["a","b","c","d","e"]')).toMatch(/^0: .*; 1: .*; 2: .*; and 2 more$/)
  })

  test('patterns are not judged, since one can be worked on without end; members that are called so are', () => {
    const endless = outputForm({
      type: 'object',
      properties: {
        pattern: { type: 'string', pattern: '^(a+)+$', maxLength: 40 },
        kind: { enum: ['pattern'] },
      },
      required: ['pattern'],
    })
    expect(endless.problemOf(JSON.stringify({ pattern: `${'a'.repeat(35)}!` }))).toBeNull()
    expect(endless.problemOf(JSON.stringify({ pattern: 'a'.repeat(41) }))).toMatch(/^pattern: /)
    expect(endless.problemOf('{}')).toMatch(/^pattern: /)
    expect(endless.problemOf('{"pattern":"a","kind":"x"}')).toMatch(/^kind: /)
  })

  test('whatever came, nothing is thrown, and what is said of it is short', () => {
    const anything = fc.oneof(fc.string(), fc.json())
    fc.assert(
      fc.property(anything, (text) => {
        expect(form.problemOf(text)?.length ?? 0).toBeLessThanOrEqual(1_000)
      }),
    )
  })
})

describe('what is no schema to judge by is refused in a sentence', () => {
  test.each([
    ['a list', [], /expected a JSON Schema: an object/],
    ['a type that is none', { type: 'number of things' }, /Unsupported type/],
    ['a condition', { if: {}, type: 'object' }, /if\/then\/else/],
    ['a reference elsewhere', { $ref: 'https://example.com/s.json' }, /External \$ref/],
    ['too much', { type: 'string', title: 'x'.repeat(100_000) }, /at most 100000 characters/],
  ])('%s', (_, schema, message) => {
    expect(() => outputForm(schema)).toThrow(ConfigError)
    expect(() => outputForm(schema)).toThrow(message)
    expect(storedForm(schema)).toBeNull()
  })

  test('and none is none', () => {
    expect(storedForm(null)).toBeNull()
  })
})
