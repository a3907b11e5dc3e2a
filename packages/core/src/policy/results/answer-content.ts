import { isObjectAt, type Span, skipValue, walkObject } from './json-span.js'
import { resultSpans } from './result-spans.js'

/** The content of the message in a result line, byte for byte as it came; null when the line has none. */
export function answerContent(line: Uint8Array): Uint8Array | null {
  const { message } = resultSpans(line)
  if (message === null || !isObjectAt(line, message.start)) return null
  const found: Span[] = []
  walkObject(line, message.start, 'content', (start) => {
    const end = skipValue(line, start)
    found.push({ start, end })
    return end
  })
  const content = found.at(-1)
  return content === undefined ? null : line.subarray(content.start, content.end)
}
