import { type JsonObject, objectOf, wordOf } from './json-shape.js'
import { resultText, usabilityOf } from './message-content.js'
import { readUsage } from './message-usage.js'
import { quickReading } from './quick-reading.js'
import type { MalformedLine, ResultFacts, ResultReading } from './result-facts.js'

type Facts = Omit<ResultFacts, 'type' | 'customId' | 'outcome'>

const NO_FACTS: Facts = {
  usability: null,
  stopReason: null,
  model: null,
  usage: null,
  otherTools: null,
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
  const text = decoder.decode(bytes)
  return quickReading(text) ?? readingOf(parseLine(text))
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
export function parseLine(text: string): JsonObject | null {
  try {
    return objectOf(JSON.parse(text))
  } catch {
    return null
  }
}

/** The text of the answer in a line: its text blocks joined; '' when it has none. */
export function answerText(bytes: Uint8Array): string {
  return resultText(objectOf(parseLine(decoder.decode(bytes))?.result)?.message)
}

function malformed(problem: string): MalformedLine {
  return { type: 'malformed', problem }
}

function successFacts(message: JsonObject): Facts {
  const billed = readUsage(message.usage)
  return {
    ...NO_FACTS,
    usability: usabilityOf(message),
    stopReason: wordOf(message.stop_reason),
    model: wordOf(message.model),
    usage: billed?.usage ?? null,
    otherTools: billed?.otherTools ?? null,
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
