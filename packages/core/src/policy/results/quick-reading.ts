import type { Span } from './json-span.js'
import { usabilityBy } from './message-content.js'
import { type BilledUsage, fiveMinuteWrites, readUsage } from './message-usage.js'
import type { ResultFacts } from './result-facts.js'

// Matching needs a stack for what it may have to take back.
const MOST_CHARACTERS = 65_536
const OPEN_OBJECT = 0x7b
const MESSAGE = '"message":'
const CLOSING_BRACES = 2

const STRING = String.raw`"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*"`
const MODEL = String.raw`(?:"model":"([\w.:@-]{1,200})",)?`
const NAME = '"(?:stop_sequence|stop_details|container|diagnostics|context_management)"'
// Whole, from brace to brace: what matches is JSON, and says nothing beside what is captured.
const LINE = new RegExp(
  [
    String.raw`^\{"custom_id":"([\w-]{1,64})","result":\{"type":"succeeded","message":\{`,
    String.raw`${MODEL}"id":"[\w-]{1,80}","type":"message","role":"assistant",${MODEL}`,
    String.raw`"content":\[\{"type":"text","text":(${STRING})\}\],`,
    `(?:${NAME}:null,)*"stop_reason":"([a-z_]{1,40})",(?:${NAME}:null,)*`,
    String.raw`"usage":(\{[ -~]{1,1000}\})(?:,${NAME}:null)*\}\}\}$`,
  ].join(''),
)

const COUNT = String.raw`(0|[1-9]\d{0,14})`
const USAGE = new RegExp(
  [
    String.raw`^\{"input_tokens":${COUNT},"cache_creation_input_tokens":${COUNT},`,
    String.raw`"cache_read_input_tokens":${COUNT},"cache_creation":\{`,
    String.raw`"ephemeral_5m_input_tokens":${COUNT},"ephemeral_1h_input_tokens":${COUNT}\},`,
    String.raw`"output_tokens":${COUNT},"service_tier":"\w+"(?:,"inference_geo":"(\w{1,200})")?`,
    String.raw`(?:,"server_tool_use":null)?(?:,"output_tokens_details":null)?\}$`,
  ].join(''),
)

/** What {@link quickAnswer} finds: what the line says, and the answer in it. */
export interface QuickAnswer {
  readonly facts: ResultFacts
  readonly text: string
  /** Where they stand in the bytes of the line. */
  readonly message: Span
  readonly usage: Span
}

/**
 * Reads the line of a success as the provider writes most of them: one text block, no member that we have not seen.
 *
 * Null for every other line, however right it is; that one must be parsed. Never says anything else than parsing would.
 */
export function quickReading(text: string): ResultFacts | null {
  const found = matchOf(text)
  return found === null ? null : factsOf(found)
}

/** {@link quickReading} with the answer itself; `text` is the line decoded. */
export function quickAnswer(line: Uint8Array, text: string): QuickAnswer | null {
  const found = matchOf(text)
  const facts = found === null ? null : factsOf(found)
  // What was decoded may have lost a byte order mark.
  if (found === null || facts === null || line[0] !== OPEN_OBJECT) return null
  const [whole, , , , literal = '', , usage = ''] = found
  // Before the message and after the usage stand ASCII characters only, which are a byte each.
  const usageEnd = line.length - (whole.length - whole.lastIndexOf(usage) - usage.length)
  return {
    facts,
    text: literal.includes('\\') ? JSON.parse(literal) : literal.slice(1, -1),
    message: {
      start: whole.indexOf(MESSAGE) + MESSAGE.length,
      end: line.length - CLOSING_BRACES,
    },
    usage: { start: usageEnd - usage.length, end: usageEnd },
  }
}

function matchOf(text: string): RegExpExecArray | null {
  return text.length > MOST_CHARACTERS ? null : LINE.exec(text)
}

function factsOf(found: RegExpExecArray): ResultFacts | null {
  const [, customId = '', first, second, , stopReason = '', usageText = ''] = found
  // Of two the last would count.
  if (first !== undefined && second !== undefined) return null
  const billed = usageOf(usageText)
  if (billed === undefined) return null
  return {
    type: 'line',
    customId,
    outcome: 'succeeded',
    usability: usabilityBy(stopReason, true),
    stopReason,
    model: first ?? second ?? null,
    usage: billed?.usage ?? null,
    otherTools: billed?.otherTools ?? null,
    errorType: null,
    errorCode: null,
    errorMessage: null,
  }
}

// Undefined for what is no JSON.
function usageOf(text: string): BilledUsage | null | undefined {
  const found = USAGE.exec(text)
  if (found === null) return parsedUsage(text)
  const [written5m, written1h] = [Number(found[4]), Number(found[5])]
  const usage = {
    inputTokens: Number(found[1]),
    outputTokens: Number(found[6]),
    cacheReadTokens: Number(found[3]),
    cacheWrite5mTokens: fiveMinuteWrites(Number(found[2]), written5m, written1h),
    cacheWrite1hTokens: written1h,
    webSearchRequests: 0,
    inferenceGeo: found[7] ?? null,
  }
  return { usage, otherTools: null }
}

function parsedUsage(text: string): BilledUsage | null | undefined {
  try {
    return readUsage(JSON.parse(text))
  } catch {
    return undefined
  }
}
