import type { JsonObject, SeededRandom } from '../model/index.js'
import { isObject, listOf } from '../model/json-access.js'
import { resolveReference } from './resolve-reference.js'

const DEEP = 4
const DEEPEST = 24
const MOST_ITEMS = 3

const WORDS = ['amber', 'birch', 'cedar', 'delta', 'ember', 'fjord', 'grove', 'harbor', 'indigo']

/** Draws a value by a schema; plainly made up. It may miss what the schema says in two places, so it has to be checked. */
export function drawInstance(schema: JsonObject, random: SeededRandom): unknown {
  return new Drawing(schema, random).value(schema, 0)
}

class Drawing {
  readonly #root: JsonObject
  readonly #random: SeededRandom

  constructor(root: JsonObject, random: SeededRandom) {
    this.#root = root
    this.#random = random
  }

  value(schema: unknown, depth: number): unknown {
    if (!isObject(schema) || depth > DEEPEST) return null
    if (schema.const !== undefined) return schema.const
    if (Array.isArray(schema.enum)) return this.#pick(schema.enum)
    if (typeof schema.$ref === 'string') {
      const { $ref: _, ...rest } = schema
      const target = resolveReference(this.#root, schema.$ref)
      return this.value(isObject(target) ? merged(rest, [target]) : target, depth + 1)
    }
    if (Array.isArray(schema.allOf)) {
      const { allOf, ...rest } = schema
      return this.value(merged(rest, listOf(allOf).filter(isObject)), depth + 1)
    }
    const branches = listOf(schema.anyOf ?? schema.oneOf)
    if (branches.length === 0) return this.#typed(schema, depth)
    const { anyOf: _any, oneOf: _one, ...rest } = schema
    const branch = this.#pick(depth > DEEP ? shallow(branches) : branches)
    return this.value(isObject(branch) ? merged(rest, [branch]) : branch, depth + 1)
  }

  #typed(schema: JsonObject, depth: number): unknown {
    switch (this.#typeOf(schema)) {
      case 'object':
        return this.#object(schema, depth)
      case 'array':
        return this.#list(schema, depth)
      case 'string':
        return this.#text(schema)
      case 'integer':
        return this.#number(schema, 1)
      case 'number':
        return this.#number(schema, 0.01)
      case 'boolean':
        return this.#random.between(0, 1) === 1
      default:
        return null
    }
  }

  #typeOf(schema: JsonObject): unknown {
    if (Array.isArray(schema.type)) return this.#pick(schema.type)
    if (schema.type !== undefined) return schema.type
    if (schema.properties !== undefined || schema.required !== undefined) return 'object'
    if (schema.items !== undefined || schema.prefixItems !== undefined) return 'array'
    const isNumber = schema.minimum !== undefined || schema.maximum !== undefined
    return isNumber ? 'number' : 'string'
  }

  #object(schema: JsonObject, depth: number): JsonObject {
    const required = new Set(listOf(schema.required))
    const properties = isObject(schema.properties) ? schema.properties : {}
    const made: Record<string, unknown> = {}
    for (const [name, part] of Object.entries(properties)) {
      const isWanted = required.has(name) || (depth <= DEEP && this.#random.between(0, 1) === 1)
      if (isWanted) define(made, name, this.value(part, depth + 1))
    }
    for (const name of required) {
      if (Object.hasOwn(made, String(name))) continue
      const { additionalProperties } = schema
      define(
        made,
        String(name),
        isObject(additionalProperties)
          ? this.value(additionalProperties, depth + 1)
          : this.#words(),
      )
    }
    return made
  }

  #list(schema: JsonObject, depth: number): unknown[] {
    const fixed = listOf(schema.prefixItems).map((part) => this.value(part, depth + 1))
    const least = whole(schema.minItems, 0)
    const most = whole(schema.maxItems, Math.max(least, MOST_ITEMS))
    const length =
      depth > DEEP ? least : this.#random.between(least, Math.min(most, least + MOST_ITEMS))
    if (schema.items === false) return fixed
    while (fixed.length < length) {
      fixed.push(schema.items === undefined ? this.#words() : this.value(schema.items, depth + 1))
    }
    return fixed
  }

  #text(schema: JsonObject): string {
    const made = this.#formatted(schema.format)
    const least = whole(schema.minLength, 0)
    const most = whole(schema.maxLength, Number.MAX_SAFE_INTEGER)
    if (made !== null) return made
    let text = this.#words()
    while (text.length < least) text += ` ${this.#words()}`
    return text.slice(0, most)
  }

  #formatted(format: unknown): string | null {
    const digits = (length: number): string =>
      Array.from({ length }, () => this.#random.between(0, 9)).join('')
    const date = `20${digits(2)}-0${this.#random.between(1, 9)}-1${digits(1)}`
    const time = `1${digits(1)}:3${digits(1)}:4${digits(1)}Z`
    switch (format) {
      case 'date-time':
        return `${date}T${time}`
      case 'date':
        return date
      case 'time':
        return time
      case 'duration':
        return `PT${this.#random.between(1, 59)}M`
      case 'email':
        return `${this.#pick(WORDS)}${digits(2)}@example.com`
      case 'hostname':
        return `${this.#pick(WORDS)}.example.com`
      case 'uri':
        return `https://example.com/${this.#pick(WORDS)}`
      case 'ipv4':
        return `192.0.2.${this.#random.between(1, 254)}`
      case 'ipv6':
        return `2001:db8::${this.#random.between(1, 9_999)}`
      case 'uuid':
        return `${digits(8)}-${digits(4)}-4${digits(3)}-8${digits(3)}-${digits(12)}`
      default:
        return null
    }
  }

  #number(schema: JsonObject, unit: number): number {
    const step = typeof schema.multipleOf === 'number' ? schema.multipleOf : unit
    const low = bound(schema.minimum, schema.exclusiveMinimum, step)
    const high = bound(schema.maximum, schema.exclusiveMaximum, -step)
    const from = Math.ceil((low ?? Math.min(0, high ?? 0)) / step)
    const until = Math.floor((high ?? from * step + 100 * Math.max(step, 1)) / step)
    const made = this.#random.between(from, Math.max(from, until)) * step
    // A hundredth is no binary fraction: 0.07 is to look like it.
    return unit === 1 ? made : Number(made.toFixed(6))
  }

  #words(): string {
    return `synthetic ${this.#pick(WORDS)}`
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[this.#random.between(0, items.length - 1)] as Item
  }
}

/** One schema of several that all hold. Where two say the same, the later one is drawn by and both are checked. */
function merged(base: JsonObject, parts: readonly JsonObject[]): JsonObject {
  const all = [base, ...parts]
  const properties = Object.assign({}, ...all.map((part) => part.properties ?? {}))
  const required = [...new Set(all.flatMap((part) => listOf(part.required)))]
  const whole: Record<string, unknown> = Object.assign({}, base, ...parts)
  if (Object.keys(properties).length > 0) whole.properties = properties
  if (required.length > 0) whole.required = required
  return whole
}

function shallow(branches: readonly unknown[]): readonly unknown[] {
  const ends = branches.filter(
    (branch) => isObject(branch) && !JSON.stringify(branch).includes('$ref'),
  )
  return ends.length > 0 ? ends : branches
}

function define(made: Record<string, unknown>, name: string, value: unknown): void {
  // `__proto__` is a name like any other.
  Object.defineProperty(made, name, { value, enumerable: true, writable: true, configurable: true })
}

function bound(inclusive: unknown, exclusive: unknown, step: number): number | null {
  if (typeof exclusive === 'number') return exclusive + step
  return typeof inclusive === 'number' ? inclusive : null
}

function whole(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise
}
