import { isObject, listOf } from './json-access.js'
import type { JsonObject } from './wire.js'

const DEEPEST = 12

/**
 * Makes a value that fits a JSON schema: fixed, plainly synthetic, the same for the same schema.
 *
 * Knows the schemas that structured outputs allow: objects, lists, scalars, `enum`, `const`,
 * `anyOf`, `allOf` and local `$ref`. Anything else becomes null.
 */
export function sampleOf(schema: unknown): unknown {
  return isObject(schema) ? sample(schema, schema, 0) : null
}

function sample(schema: JsonObject, root: JsonObject, depth: number): unknown {
  if (depth > DEEPEST) return null
  if (schema.const !== undefined) return schema.const
  if (Array.isArray(schema.enum)) return schema.enum[0] ?? null
  if (typeof schema.$ref === 'string') {
    return descend(lookUp(root, schema.$ref), root, depth)
  }
  const choice = listOf(schema.anyOf)[0] ?? listOf(schema.oneOf)[0]
  if (choice !== undefined) return descend(choice, root, depth)
  if (Array.isArray(schema.allOf)) {
    const merged = Object.assign({}, schema, { allOf: undefined }, ...schema.allOf.filter(isObject))
    return sample(merged, root, depth + 1)
  }
  return sampleOfType(schema, root, depth)
}

function sampleOfType(schema: JsonObject, root: JsonObject, depth: number): unknown {
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  if (type === 'object' || isObject(schema.properties)) {
    const members = isObject(schema.properties) ? Object.entries(schema.properties) : []
    return Object.fromEntries(members.map(([name, part]) => [name, descend(part, root, depth)]))
  }
  if (type === 'array') {
    const least = typeof schema.minItems === 'number' ? schema.minItems : 0
    return Array.from({ length: Math.min(least, 100) }, () => descend(schema.items, root, depth))
  }
  if (type === 'string') return sampleText(schema)
  if (type === 'integer' || type === 'number') return sampleNumber(schema)
  return type === 'boolean' ? false : null
}

function descend(schema: unknown, root: JsonObject, depth: number): unknown {
  return isObject(schema) ? sample(schema, root, depth + 1) : null
}

function lookUp(root: JsonObject, reference: string): unknown {
  if (!reference.startsWith('#')) return null
  let found: unknown = root
  for (const part of reference.slice(1).split('/').filter(Boolean)) {
    found = isObject(found) ? found[part] : undefined
  }
  return found
}

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-01-01T00:00:00Z',
  date: '2026-01-01',
  time: '00:00:00Z',
  duration: 'PT0S',
  email: 'synthetic@example.com',
  hostname: 'example.com',
  uri: 'https://example.com/',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uuid: '00000000-0000-4000-8000-000000000000',
}

function sampleText(schema: JsonObject): string {
  const text = FORMATS[String(schema.format)] ?? 'synthetic'
  const least = typeof schema.minLength === 'number' ? schema.minLength : 0
  const most = typeof schema.maxLength === 'number' ? schema.maxLength : Number.POSITIVE_INFINITY
  return text.padEnd(Math.min(least, 10_000), '.').slice(0, most)
}

function sampleNumber(schema: JsonObject): number {
  if (typeof schema.minimum === 'number') return schema.minimum
  if (typeof schema.exclusiveMinimum === 'number') return schema.exclusiveMinimum + 1
  return typeof schema.maximum === 'number' ? Math.min(0, schema.maximum) : 0
}
