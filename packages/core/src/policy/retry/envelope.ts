import { withoutMarks } from '../intake/blob-mark.js'
import { splitBody } from '../intake/tail-mark.js'

/**
 * What is wrong with an item of a batch, as far as it can be told here.
 *
 * `not_utf8`, `not_json`: its stored bytes are broken, and every batch with it would be refused. `lone_surrogate`: its
 * JSON escapes half a character, which some readers of JSON refuse, and then with the whole body.
 */
export type EnvelopeFault = 'not_utf8' | 'not_json' | 'lone_surrogate'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
// With the u flag a pair is one character, so only lone halves match.
const LONE_HALF = /\p{Surrogate}/u
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/

/**
 * Looks at the stored bytes of an item's params (the shared members and its own, without braces); null when nothing is
 * wrong with them. A mark of a file is text here: base64 is always well formed.
 */
export function envelopeFaultOf(
  item: Readonly<{ prefix: Uint8Array | null; body: Uint8Array }>,
): EnvelopeFault | null {
  const text = textOf(item)
  if (text === null) return 'not_utf8'
  try {
    JSON.parse(text)
  } catch {
    return 'not_json'
  }
  return hasLoneSurrogate(text) ? 'lone_surrogate' : null
}

function textOf({
  prefix,
  body,
}: Readonly<{ prefix: Uint8Array | null; body: Uint8Array }>): string | null {
  try {
    const parts = [prefix ?? new Uint8Array(), splitBody(body).body].filter(
      (part) => part.length > 0,
    )
    return `{${parts.map((part) => decoder.decode(withoutMarks(part))).join(',')}}`
  } catch {
    return null
  }
}

// Names and values are looked at alike: a reader refuses the escape wherever it stands.
function hasLoneSurrogate(json: string): boolean {
  if (!SURROGATE_ESCAPE.test(json)) return false
  let isLone = false
  JSON.parse(json, (name, value: unknown) => {
    isLone ||= LONE_HALF.test(name) || (typeof value === 'string' && LONE_HALF.test(value))
    return value
  })
  return isLone
}
