import { z } from 'zod'
import { ConfigError } from '../../errors.js'

/** What the text of an answer is to be. */
export interface OutputForm {
  /** What is wrong with a text, its first three faults; null for nothing. */
  problemOf(text: string): string | null
}

const MOST_CHARACTERS = 100_000
const MOST_ISSUES = 3
const MOST_PROBLEM = 1_000

/**
 * Reads a JSON Schema, by which texts are judged as JSON.
 *
 * @throws {ConfigError} for what is none, is too large, or says something that can't be judged: conditions, references to other documents.
 */
export function outputForm(schema: unknown): OutputForm {
  const judge = judgeOf(schema)
  return { problemOf: (text) => problemIn(text, judge)?.slice(0, MOST_PROBLEM) ?? null }
}

/** {@link outputForm} of what a store holds; null for none, and for what can't be judged by, as another version may have stored it. */
export function storedForm(schema: unknown): OutputForm | null {
  try {
    return schema === null ? null : outputForm(schema)
  } catch {
    return null
  }
}

function judgeOf(schema: unknown): z.ZodType {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    throw wrong(`an object, got ${JSON.stringify(schema) ?? typeof schema}`)
  }
  const { length } = JSON.stringify(schema)
  if (length > MOST_CHARACTERS) throw wrong(`at most ${MOST_CHARACTERS} characters, got ${length}`)
  try {
    const judged = withoutPatterns(schema)
    return z.fromJSONSchema(judged as Parameters<typeof z.fromJSONSchema>[0])
  } catch (cause) {
    throw wrong(`one that answers can be judged by; ${messageOf(cause)}`, { cause })
  }
}

// Under these stand schemas by names of the caller's, one of which may be "pattern".
const NAMED: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions'])
// What stands here is a value, whatever it looks like.
const VALUES: ReadonlySet<string> = new Set(['const', 'enum', 'default', 'examples'])

// A pattern can keep whoever collects busy without end over one text.
function withoutPatterns(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutPatterns)
  if (typeof schema !== 'object' || schema === null) return schema
  const kept = Object.entries(schema).filter(
    ([name]) => name !== 'pattern' && name !== 'patternProperties',
  )
  return Object.fromEntries(
    kept.map(([name, part]) => {
      if (VALUES.has(name)) return [name, part]
      return [name, NAMED.has(name) ? byName(part) : withoutPatterns(part)]
    }),
  )
}

function byName(parts: unknown): unknown {
  if (typeof parts !== 'object' || parts === null) return parts
  return Object.fromEntries(
    Object.entries(parts).map(([name, part]) => [name, withoutPatterns(part)]),
  )
}

function problemIn(text: string, judge: z.ZodType): string | null {
  const json = parsed(text)
  // What is said of it is kept where answers are not: nothing of the text goes in.
  if (json === null) return text === '' ? 'it has no text' : 'it is no JSON'
  // Nothing of a schema becomes code.
  const { error } = judge.safeParse(json.value, { jitless: true })
  return error === undefined ? null : issuesText(error.issues)
}

function parsed(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return null
  }
}

function issuesText(issues: readonly z.core.$ZodIssue[]): string {
  const shown = issues.slice(0, MOST_ISSUES).map(({ message, path }) => {
    return path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`
  })
  const others = issues.length - shown.length
  return others === 0 ? shown.join('; ') : `${shown.join('; ')}; and ${others} more`
}

function wrong(expected: string, options?: ErrorOptions): ConfigError {
  return new ConfigError(
    `outputSchema: expected a JSON Schema: ${expected}.`,
    'Correct the schema, as JSON Schema 2020-12 without conditions and references elsewhere; nothing was stored.',
    options,
  )
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
