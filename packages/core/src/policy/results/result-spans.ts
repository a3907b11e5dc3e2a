import { isObjectAt, type Span, skipValue, valueStartOf, walkObject } from './json-span.js'

/** Where the parts of a result line stand in its bytes; null for what is not there. */
export interface ResultSpans {
  readonly result: Span | null
  readonly message: Span | null
  readonly usage: Span | null
}

interface OpenSpans {
  result: Span | null
  message: Span | null
  usage: Span | null
}

/**
 * Finds the parts of a result line, so that they can be passed on as they came.
 *
 * One walk over the bytes. Of a member that stands there twice the last counts, as it does for `JSON.parse`.
 */
export function resultSpans(line: Uint8Array): ResultSpans {
  const spans: OpenSpans = { result: null, message: null, usage: null }
  const start = valueStartOf(line)
  if (!isObjectAt(line, start)) return spans
  walkObject(line, start, 'result', (at) => walkResult(line, at, spans))
  return spans
}

function walkResult(line: Uint8Array, start: number, spans: OpenSpans): number {
  spans.message = null
  spans.usage = null
  const end = walkValue(line, start, 'message', (at) => walkMessage(line, at, spans))
  spans.result = { start, end }
  return end
}

function walkMessage(line: Uint8Array, start: number, spans: OpenSpans): number {
  spans.usage = null
  const end = walkValue(line, start, 'usage', (at) => {
    spans.usage = { start: at, end: skipValue(line, at) }
    return spans.usage.end
  })
  spans.message = { start, end }
  return end
}

function walkValue(
  line: Uint8Array,
  start: number,
  name: string,
  visit: (at: number) => number,
): number {
  return isObjectAt(line, start) ? walkObject(line, start, name, visit) : skipValue(line, start)
}
