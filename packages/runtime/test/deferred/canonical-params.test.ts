import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalParams } from '../../src/deferred/canonical-params.js'

const same = (one: object, other: object): void =>
  expect(canonicalParams(one)).toBe(canonicalParams(other))
const different = (one: object, other: object): void =>
  expect(canonicalParams(one)).not.toBe(canonicalParams(other))

/** An object with the same members, built in another order. */
function turned(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(turned)
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, each]) => [name, turned(each)])
      .toReversed(),
  )
}

describe('canonicalParams', () => {
  test('is the same text for the same content, in whichever order it was built', () => {
    const names = fc.string().filter((name) => !['input_schema', 'schema', 'input'].includes(name))
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.jsonValue({ maxDepth: 0 }),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(names, tie('tree'), { maxKeys: 5 }),
      ),
    }))
    fc.assert(
      fc.property(tree, (value) => {
        same({ value }, { value: turned(value) as object })
      }),
    )
  })

  test('is JSON of that content', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (params) => {
        expect(JSON.parse(canonicalParams(params))).toEqual(JSON.parse(JSON.stringify(params)))
      }),
    )
  })

  test('keeps the order in which a model sees the members of schemas and inputs', () => {
    const [one, other] = [{ a: { b: 1, c: 2 } }, { a: { c: 2, b: 1 } }]
    for (const name of ['input_schema', 'schema', 'input']) {
      different({ tools: [{ [name]: one }] }, { tools: [{ [name]: other }] })
    }
    same({ tools: [{ type: one }] }, { tools: [{ type: other }] })
  })

  test('leaves out what JSON leaves out, and takes what it makes of the rest', () => {
    same({ a: 1, b: undefined }, { a: 1 })
    same({ at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' })
    same({ temperature: -0 }, { temperature: 0 })
    same({ temperature: 1.0 }, { temperature: 1 })
    different({ a: null }, {})
    different({ a: '1' }, { a: 1 })
  })

  test('tells texts apart by their code units', () => {
    different({ a: '\u00e9' }, { a: 'e\u0301' })
    different({ a: '\ud800' }, { a: '\udbff' })
    same({ '\u{1f600}': 1, '\ufb33': 2 }, { '\ufb33': 2, '\u{1f600}': 1 })
  })

  test('takes no text for another structure', () => {
    different({ a: '1,"b":2' }, { a: 1, b: 2 })
    different({ a: [[1], 2] }, { a: [1, [2]] })
  })
})
