import type { OutcomeType, Usability } from '../../model/outcome.js'
import type { Usage } from '../../model/usage.js'
import { type JsonObject, objectOf, wordOf } from './json-shape.js'
import { usabilityOf } from './message-content.js'
import { readUsage } from './message-usage.js'

/** What one line of a results file says. */
export interface ResultFacts {
  readonly type: 'line'
  /** As it stands on the wire; whose it is must still be proven. */
  readonly customId: string
  readonly outcome: OutcomeType
  /** Of a success; null for other outcomes. */
  readonly usability: Usability | null
  /** Of a success, in the provider's words; null when absent. */
  readonly stopReason: string | null
  /** The model that answered, resolved by the provider; null when absent. */
  readonly model: string | null
  /** What a success was billed for; null when it can't be told, and for other outcomes, which are not billed. */
  readonly usage: Usage | null
  /** `error.type` of an errored line; null when absent. */
  readonly errorType: string | null
  /** `error.details.error_code` of an errored line; null when absent. */
  readonly errorCode: string | null
  /** For people only. */
  readonly errorMessage: string | null
}

/** A line that can't be booked under any attempt. */
export interface MalformedLine {
  readonly type: 'malformed'
  /** What was expected; for people. */
  readonly problem: string
}

/** A line as {@link readResultLine} found it. */
export type ResultReading = ResultFacts | MalformedLine

type Facts = Omit<ResultFacts, 'type' | 'customId' | 'outcome'>

const NO_FACTS: Facts = {
  usability: null,
  stopReason: null,
  model: null,
  usage: null,
  errorType: null,
  errorCode: null,
  errorMessage: null,
}

const decoder = new TextDecoder()

/**
 * Reads one line of a results file. Never throws.
 *
 * Takes whatever the provider may add: unknown members are ignored, absent ones tolerated. What it needs is a custom id,
 * an outcome that we know, and for a success a message; everything else that it passes on is typed or null. Bytes that
 * are not UTF-8 read as U+FFFD, for a paid answer is worth more than its encoding.
 *
 * Source: fact sheet section 3, 2026-11-21.
 */
export function readResultLine(bytes: Uint8Array): ResultReading {
  return readingOf(parseLine(bytes))
}

/** {@link readResultLine} of a line that is parsed already; null for one that could not be. */
export function readingOf(line: JsonObject | null): ResultReading {
  if (line === null) return malformed('The line is not a JSON object.')
  const customId = line.custom_id
  if (typeof customId !== 'string' || customId === '') return malformed('custom_id is not text.')
  const result = objectOf(line.result)
  if (result === null) return malformed('result is not an object.')
  const type = result.type
  switch (type) {
    case 'succeeded': {
      const message = objectOf(result.message)
      if (message === null) return malformed('result.message is not an object.')
      return { type: 'line', customId, outcome: type, ...successFacts(message) }
    }
    case 'errored':
      return { type: 'line', customId, outcome: type, ...errorFacts(result) }
    case 'canceled':
    case 'expired':
      return { type: 'line', customId, outcome: type, ...NO_FACTS }
    default:
      return malformed('result.type is none of succeeded, errored, canceled, expired.')
  }
}

/** The object that a line holds; null when it is not JSON, or not an object. */
export function parseLine(bytes: Uint8Array): JsonObject | null {
  try {
    return objectOf(JSON.parse(decoder.decode(bytes)))
  } catch {
    return null
  }
}

function malformed(problem: string): MalformedLine {
  return { type: 'malformed', problem }
}

function successFacts(message: JsonObject): Facts {
  return {
    ...NO_FACTS,
    usability: usabilityOf(message),
    stopReason: wordOf(message.stop_reason),
    model: wordOf(message.model),
    usage: readUsage(message.usage),
  }
}

// The error is doubly nested: `result.error` is the whole envelope of an error answer.
function errorFacts(result: JsonObject): Facts {
  const envelope = objectOf(result.error)
  const error = objectOf(envelope?.error) ?? envelope
  const message = error?.message
  return {
    ...NO_FACTS,
    errorType: wordOf(error?.type),
    errorCode: wordOf(objectOf(error?.details)?.error_code),
    errorMessage: typeof message === 'string' ? message : null,
  }
}
