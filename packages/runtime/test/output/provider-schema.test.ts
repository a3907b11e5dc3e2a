import { ConfigError } from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { providerSchemaOf } from '../../src/output/provider-schema.js'

function given(schema: z.ZodType): Record<string, unknown> {
  return z.toJSONSchema(schema, { io: 'input' })
}

describe('the schema that is sent', () => {
  test('closes every object and says bounds in words', () => {
    const schema = z.object({
      team: z.enum(['claims', 'sales']),
      score: z.number().min(0).max(1).describe('How sure.'),
      tags: z.array(z.string().max(20)).min(1).max(3).optional(),
      who: z.object({ name: z.string(), born: z.iso.date().nullable() }),
    })
    expect(providerSchemaOf(given(schema))).toEqual({
      type: 'object',
      properties: {
        team: { type: 'string', enum: ['claims', 'sales'] },
        score: { type: 'number', description: 'How sure. Limits: minimum 0, maximum 1.' },
        tags: {
          type: 'array',
          minItems: 1,
          items: { type: 'string', description: 'Limits: maxLength 20.' },
          description: 'Limits: maxItems 3.',
        },
        who: {
          type: 'object',
          properties: {
            name: { type: 'string' },
            born: { anyOf: [{ type: 'string', format: 'date' }, { type: 'null' }] },
          },
          required: ['name', 'born'],
          additionalProperties: false,
        },
      },
      required: ['team', 'score', 'who'],
      additionalProperties: false,
    })
  })

  test('keeps choices and definitions, and closes what is in them', () => {
    const address = { type: 'object', properties: { city: { type: 'string' } } }
    const schema = {
      $defs: { address },
      oneOf: [{ $ref: '#/$defs/address' }, { const: 'unknown' }],
    }
    expect(providerSchemaOf(schema)).toEqual({
      $defs: { address: { ...address, additionalProperties: false } },
      anyOf: [{ $ref: '#/$defs/address' }, { const: 'unknown' }],
    })
  })

  test('takes a member that is called like a keyword for what it is', () => {
    const schema = z.object({ not: z.string(), items: z.number(), pattern: z.boolean() })
    expect(providerSchemaOf(given(schema))).toMatchObject({
      properties: {
        not: { type: 'string' },
        items: { type: 'number' },
        pattern: { type: 'boolean' },
      },
    })
  })

  test('is the same text for the same schema made twice', () => {
    const make = (): z.ZodType => z.object({ b: z.string(), a: z.union([z.number(), z.null()]) })
    expect(JSON.stringify(providerSchemaOf(given(make())))).toBe(
      JSON.stringify(providerSchemaOf(given(make()))),
    )
  })

  const tree: z.ZodType = z.object({
    name: z.string(),
    get children() {
      return z.array(tree)
    },
  })
  test.each([
    ['recursion', given(tree), 'output: expected no schema that contains itself'],
    [
      'a map',
      given(z.object({ by: z.record(z.string(), z.number()) })),
      'output.by: expected no propertyNames',
    ],
    [
      'an open map',
      { type: 'object', additionalProperties: { type: 'string' } },
      'output: expected an object with named members only',
    ],
    [
      'a tuple',
      given(z.object({ pair: z.tuple([z.string(), z.number()]) })),
      'output.pair: expected no prefixItems',
    ],
    ['anything', given(z.object({ all: z.array(z.any()) })), 'output.all[]: expected a type'],
    [
      'a reference that leads elsewhere',
      { $ref: 'https://example.com/a.json' },
      'output: expected references into itself only',
    ],
    [
      'a reference that leads nowhere',
      { $ref: '#/$defs/none' },
      'output: expected a definition of #/$defs/none',
    ],
  ])('refuses %s, which the provider would refuse a day later', (_, schema, message) => {
    expect(() => providerSchemaOf(schema)).toThrow(message)
    expect(() => providerSchemaOf(schema)).toThrow(ConfigError)
  })
})
