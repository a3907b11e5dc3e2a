import { ConfigError } from '@halfrate/core'

/** A JSON Schema, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>

// Source: the provider's page on structured outputs and the official SDK 1.11.0, 2026-11-22.
const KEPT: ReadonlySet<string> = new Set(
  'type enum const description title default required $ref'.split(' '),
)
const DROPPED: ReadonlySet<string> = new Set(
  '$schema $id $comment examples deprecated readOnly writeOnly additionalProperties'.split(' '),
)
const REFUSED: ReadonlySet<string> = new Set(
  'prefixItems patternProperties propertyNames not if $dynamicRef unevaluatedProperties'.split(' '),
)
const FORMATS: ReadonlySet<unknown> = new Set(
  'date-time time date duration email hostname uri ipv4 ipv6 uuid'.split(' '),
)
const NAMED_PARTS: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions'])
const LISTED_PARTS: Readonly<Record<string, string>> = {
  anyOf: 'anyOf',
  oneOf: 'anyOf',
  allOf: 'allOf',
}
const DECIDING = ['type', 'enum', 'const', '$ref', 'anyOf', 'allOf'] as const

/**
 * The form of a schema that the provider takes.
 *
 * It takes objects without other members only, and no bounds of numbers, texts and lists: those are said in the
 * description, so that the model knows them, and are judged when the answer is read. The same schema gives the same text,
 * whatever library wrote it, since it is part of what makes a request the same request.
 *
 * @throws {ConfigError} for what the provider would refuse only when the batch has ended: recursion, open maps, tuples, and
 * parts that say nothing.
 */
export function providerSchemaOf(schema: JsonSchema): JsonSchema {
  refuseRecursion(schema)
  return partOf(schema, 'output')
}

function partOf(schema: unknown, path: string): JsonSchema {
  if (!isObject(schema)) throw refused(path, `a schema, got ${JSON.stringify(schema)}`)
  const part: Record<string, unknown> = {}
  const notes: string[] = []
  for (const [keyword, value] of Object.entries(schema)) {
    if (REFUSED.has(keyword)) throw refused(path, `no ${keyword}`)
    if (DROPPED.has(keyword) || isSaidByFormat(keyword, schema)) continue
    const listed = LISTED_PARTS[keyword]
    if (isKept(keyword, value)) part[keyword] = value
    else if (NAMED_PARTS.has(keyword)) part[keyword] = namedParts(value, path, keyword)
    else if (keyword === 'items') part.items = partOf(value, `${path}[]`)
    else if (listed !== undefined) part[listed] = listOf(value).map((each) => partOf(each, path))
    else notes.push(`${keyword} ${JSON.stringify(value)}`)
  }
  if (!DECIDING.some((keyword) => keyword in part)) throw refused(path, 'a type')
  if (listOf(schema.type).includes('object')) close(part, schema, path)
  if (notes.length > 0) part.description = described(part.description, notes)
  return part
}

function isKept(keyword: string, value: unknown): boolean {
  if (keyword === 'format') return FORMATS.has(value)
  if (keyword === 'minItems') return value === 0 || value === 1
  return KEPT.has(keyword)
}

// Libraries write a format's own pattern beside it.
function isSaidByFormat(keyword: string, { format }: JsonSchema): boolean {
  return keyword === 'pattern' && FORMATS.has(format)
}

function close(part: Record<string, unknown>, schema: JsonSchema, path: string): void {
  const { additionalProperties: others } = schema
  if (isObject(others) && Object.keys(others).length > 0) {
    throw refused(path, 'an object with named members only')
  }
  part.properties ??= {}
  part.additionalProperties = false
}

function namedParts(value: unknown, path: string, keyword: string): JsonSchema {
  const parts = Object.entries(isObject(value) ? value : {})
  const at = keyword === 'properties' ? path : `${path}.${keyword}`
  return Object.fromEntries(parts.map(([name, part]) => [name, partOf(part, `${at}.${name}`)]))
}

function described(description: unknown, notes: readonly string[]): string {
  const limits = `Limits: ${notes.join(', ')}.`
  return typeof description === 'string' ? `${description} ${limits}` : limits
}

function refuseRecursion(root: JsonSchema): void {
  const visit = (schema: unknown, within: ReadonlySet<unknown>): void => {
    if (Array.isArray(schema)) for (const each of schema) visit(each, within)
    if (!isObject(schema)) return
    if (within.has(schema)) throw refused('output', 'no schema that contains itself')
    const deeper = new Set([...within, schema])
    for (const [keyword, value] of Object.entries(schema)) {
      if (keyword === '$ref') visit(referred(root, value), deeper)
      else if (keyword === 'properties') for (const part of valuesOf(value)) visit(part, deeper)
      // Definitions count where they are used.
      else if (keyword !== '$defs' && keyword !== 'definitions') visit(value, deeper)
    }
  }
  visit(root, new Set())
}

function referred(root: JsonSchema, reference: unknown): unknown {
  if (typeof reference !== 'string' || !reference.startsWith('#')) {
    throw refused('output', `references into itself only, got ${JSON.stringify(reference)}`)
  }
  const names = reference.split('/').slice(1)
  const found = names.reduce<unknown>(
    (part, name) => (isObject(part) ? part[plainName(name)] : undefined),
    root,
  )
  if (found !== undefined) return found
  throw refused('output', `a definition of ${reference}`)
}

function plainName(name: string): string {
  return decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~')
}

function valuesOf(value: unknown): readonly unknown[] {
  return isObject(value) ? Object.values(value) : []
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refused(path: string, expected: string): ConfigError {
  return new ConfigError(
    `${path}: expected ${expected}, since the provider's structured output takes nothing else.`,
    'Write the schema with objects of named members, lists and scalars; a map can be a list of pairs. Nothing was sent.',
  )
}
