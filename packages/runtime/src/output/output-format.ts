import { ConfigError, InvalidInputError } from '@halfrate/core'
import type { NewRequest } from '@halfrate/core/intake'
import type { Result, ResultFacts, SucceededResult } from '../jobs/result.js'
import type { OutputCheck, OutputIssue, OutputSchema } from './output-schema.js'
import { type JsonSchema, providerSchemaOf } from './provider-schema.js'

/** How rows ask for answers of a form, and how the answers are read. */
export interface OutputFormat<Output> {
  /**
   * The request with the form in its params. The same form gives the same bytes, so that the same row stays the same.
   *
   * @throws {InvalidInputError} when its params ask for a form already.
   */
  ask(request: NewRequest): NewRequest
  /** The result with its answer read; `output_invalid` when that is not of the form. Others pass. */
  read(result: Result): Promise<Result<Output>>
}

const MOST_ISSUES = 3
const MOST_SHOWN = 80

/**
 * Makes the format of a schema.
 *
 * @throws {ConfigError} when it is no schema, or one of what the provider does not take.
 */
export function outputFormat<Output>(schema: OutputSchema<Output>): OutputFormat<Output> {
  const format = { type: 'json_schema', schema: providerSchemaOf(jsonSchemaOf(schema)) } as const
  return {
    ask: (request) => ({ ...request, params: paramsWith(format, request.params) }),
    read: (result) =>
      result.status === 'succeeded' ? read(schema, result) : Promise.resolve(result),
  }
}

/**
 * A schema as JSON Schema says it, bounds and all.
 *
 * @throws {ConfigError} when it is no schema, or can't be said so.
 */
export function jsonSchemaOf(schema: unknown): JsonSchema {
  const standard = (schema as Partial<OutputSchema> | null | undefined)?.['~standard']
  if (
    typeof standard?.validate === 'function' &&
    typeof standard.jsonSchema?.input === 'function'
  ) {
    try {
      return standard.jsonSchema.input({ target: 'draft-2020-12' })
    } catch (cause) {
      throw notASchema(`one that JSON Schema can say; ${messageOf(cause)}`, { cause })
    }
  }
  throw notASchema('a Standard Schema that says itself as JSON Schema, as those of zod 4.2 do')
}

function notASchema(expected: string, options?: ErrorOptions): ConfigError {
  return new ConfigError(
    `output: expected ${expected}.`,
    'Pass a schema such as z.object({ … }), of what the model is to write. Nothing was sent.',
    options,
  )
}

function paramsWith(format: JsonSchema, params: object): object {
  const { output_config: config, output_format: older } = params as {
    readonly output_config?: { readonly format?: unknown } | null
    readonly output_format?: unknown
  }
  const isAsked = (config?.format ?? null) !== null || (older ?? null) !== null
  if (!isAsked) return { ...params, output_config: { ...config, format } }
  throw new InvalidInputError({
    place: { file: null, line: null, field: 'params.output_config.format' },
    rule: 'invalid_params',
    problem: 'expected none, since the output gives it, got one.',
    nextStep: 'Leave one of the two out. Nothing was sent.',
  })
}

async function read<Output>(
  schema: OutputSchema<Output>,
  result: SucceededResult,
): Promise<Result<Output>> {
  const { text, message, status: _, output: __, ...facts } = result
  const json = parsed(text)
  if (json === null) {
    const shown = text === '' ? 'no text' : JSON.stringify(text.slice(0, MOST_SHOWN))
    return invalid(facts, result, `it is no JSON: ${shown}`)
  }
  const check = await checked(schema, json.value)
  if (check.issues !== undefined) return invalid(facts, result, issuesText(check.issues))
  return { ...facts, status: 'succeeded', text, message, output: check.value }
}

function parsed(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return null
  }
}

// A schema of the caller's may throw. That says of the answer what an issue says, and is no reason to stop the others.
async function checked<Output>(
  schema: OutputSchema<Output>,
  value: unknown,
): Promise<OutputCheck<Output>> {
  try {
    return await schema['~standard'].validate(value)
  } catch (error) {
    return { issues: [{ message: messageOf(error) }] }
  }
}

function invalid(
  facts: ResultFacts,
  { text, message }: SucceededResult,
  problem: string,
): Result<never> {
  const error = {
    code: 'output_invalid',
    message: `The answer is not of the form that its output's schema asks for: ${problem}`,
    nextStep:
      'Read unusable.text. To read it by a looser schema: half.job(name, { output }). To ask again: with other params, and onConflict: supersede.',
  } as const
  return { ...facts, status: 'failed', error, unusable: { text, message } }
}

function issuesText(issues: readonly OutputIssue[]): string {
  const shown = issues.slice(0, MOST_ISSUES).map(({ message, path }) => {
    const place = (path ?? []).map((step) => String(typeof step === 'object' ? step.key : step))
    return place.length === 0 ? message : `${place.join('.')}: ${message}`
  })
  const others = issues.length - shown.length
  return others === 0 ? shown.join('; ') : `${shown.join('; ')}; and ${others} more`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
