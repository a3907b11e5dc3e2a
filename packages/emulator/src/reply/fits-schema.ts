import type { JsonObject } from '../model/index.js'
import { isObject, listOf } from '../model/json-access.js'
import { resolveReference } from './resolve-reference.js'

type Rule = (value: unknown, given: unknown, schema: JsonObject, root: JsonObject) => boolean

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  integer: Number.isInteger,
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
}

const RULES: Readonly<Record<string, Rule>> = {
  type: (value, given) =>
    (Array.isArray(given) ? given : [given]).some((type) => TYPES[String(type)]?.(value) === true),
  const: (value, given) => isSame(value, given),
  enum: (value, given) => listOf(given).some((member) => isSame(value, member)),
  $ref: (value, given, _, root) => fits(value, resolveReference(root, String(given)), root),
  allOf: (value, given, _, root) => listOf(given).every((part) => fits(value, part, root)),
  anyOf: (value, given, _, root) => listOf(given).some((part) => fits(value, part, root)),
  oneOf: (value, given, _, root) =>
    listOf(given).filter((part) => fits(value, part, root)).length === 1,
  not: (value, given, _, root) => !fits(value, given, root),
  minimum: (value, given) => typeof value !== 'number' || value >= Number(given),
  maximum: (value, given) => typeof value !== 'number' || value <= Number(given),
  exclusiveMinimum: (value, given) => typeof value !== 'number' || value > Number(given),
  exclusiveMaximum: (value, given) => typeof value !== 'number' || value < Number(given),
  multipleOf: (value, given) => typeof value !== 'number' || isMultiple(value, Number(given)),
  minLength: (value, given) => typeof value !== 'string' || [...value].length >= Number(given),
  maxLength: (value, given) => typeof value !== 'string' || [...value].length <= Number(given),
  pattern: (value, given) =>
    typeof value !== 'string' || new RegExp(String(given), 'u').test(value),
  minItems: (value, given) => !Array.isArray(value) || value.length >= Number(given),
  maxItems: (value, given) => !Array.isArray(value) || value.length <= Number(given),
  uniqueItems: (value, given) => given !== true || !Array.isArray(value) || areUnique(value),
  prefixItems: (value, given, _, root) =>
    !Array.isArray(value) ||
    listOf(given)
      .slice(0, value.length)
      .every((part, index) => fits(value[index], part, root)),
  items: (value, given, { prefixItems }, root) =>
    !Array.isArray(value) ||
    value.slice(listOf(prefixItems).length).every((item) => fits(item, given, root)),
  required: (value, given) =>
    !isObject(value) || listOf(given).every((name) => Object.hasOwn(value, String(name))),
  properties: (value, given, _, root) =>
    !isObject(value) ||
    Object.entries(isObject(given) ? given : {}).every(
      ([name, part]) => !Object.hasOwn(value, name) || fits(value[name], part, root),
    ),
  additionalProperties: (value, given, { properties }, root) =>
    !isObject(value) ||
    Object.entries(value).every(
      ([name, member]) =>
        (isObject(properties) && Object.hasOwn(properties, name)) || fits(member, given, root),
    ),
}

// They say something to readers and judge no value; a format is drawn by, and its own pattern judges it where it has one.
const NOTES: ReadonlySet<string> = new Set(
  '$schema $id $comment $defs definitions title description default examples deprecated readOnly writeOnly format'.split(
    ' ',
  ),
)

/** Whether a value is an instance of a schema that {@link unknownKeyword} finds nothing in. */
export function fitsSchema(value: unknown, schema: JsonObject): boolean {
  return fits(value, schema, schema)
}

/** The first keyword of a schema that is not known here, or a reference that leads nowhere; null if there is none. */
export function unknownKeyword(schema: JsonObject): string | null {
  const seen = new Set<unknown>()
  const search = (part: unknown): string | null => {
    if (!isObject(part) || seen.has(part)) return null
    seen.add(part)
    for (const [name, given] of Object.entries(part)) {
      if (!Object.hasOwn(RULES, name) && !NOTES.has(name)) return name
      if (name === '$ref' && !isReference(schema, given)) return `$ref ${String(given)}`
      for (const inner of subschemas(name, given)) {
        const found = search(inner)
        if (found !== null) return found
      }
    }
    return null
  }
  return search(schema)
}

function subschemas(name: string, given: unknown): readonly unknown[] {
  if (name === 'properties' || name === '$defs' || name === 'definitions') {
    return isObject(given) ? Object.values(given) : []
  }
  const isList = ['allOf', 'anyOf', 'oneOf', 'prefixItems'].includes(name)
  if (isList) return listOf(given)
  return ['items', 'additionalProperties', 'not'].includes(name) ? [given] : []
}

function isReference(schema: JsonObject, given: unknown): boolean {
  return typeof given === 'string' && resolveReference(schema, given) !== undefined
}

function fits(value: unknown, schema: unknown, root: JsonObject): boolean {
  if (typeof schema === 'boolean') return schema
  if (!isObject(schema)) return false
  return Object.entries(schema).every(
    ([name, given]) => !Object.hasOwn(RULES, name) || RULES[name]?.(value, given, schema, root),
  )
}

function isMultiple(value: number, step: number): boolean {
  const times = value / step
  return Math.abs(times - Math.round(times)) < 1e-9
}

function areUnique(items: readonly unknown[]): boolean {
  return new Set(items.map((item) => sorted(item))).size === items.length
}

function isSame(value: unknown, other: unknown): boolean {
  return sorted(value) === sorted(other)
}

// As JSON with the members of objects in one order, since theirs means nothing.
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    isObject(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )
}
