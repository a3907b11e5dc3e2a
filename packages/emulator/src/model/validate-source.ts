import { blocksOf, isObject, listOf } from './json-access.js'
import { invalidParams, type ParamsFault } from './params-fault.js'
import type { JsonObject } from './wire.js'

// The base64 of the bytes that a file of each kind begins with.
const OPENINGS: Readonly<Record<string, readonly string[]>> = {
  'image/png': ['iVBORw0KGg'],
  'image/jpeg': ['/9j/'],
  'image/gif': ['R0lGODdh', 'R0lGODlh'],
  'image/webp': ['UklGR'],
  'application/pdf': ['JVBERi0'],
}

/**
 * Finds the first image or document that the provider could not read; null if all are fine.
 *
 * Nothing is fetched: an address under the reserved top-level domain `.invalid` can't be downloaded,
 * any other can. Base64 data must begin as its media type does. Texts captured in September 2026.
 */
export function findBadSource(params: JsonObject): ParamsFault | null {
  for (const [message, turn] of listOf(params.messages).entries()) {
    const blocks = isObject(turn) ? blocksOf(turn.content) : []
    for (const [index, block] of blocks.entries()) {
      if (!isObject(block) || !isObject(block.source)) continue
      const path = `messages.${message}.content.${index}.${String(block.type)}.source`
      const wrong = badSource(block.source, path)
      if (wrong !== null) return wrong
    }
  }
  return null
}

function badSource(source: JsonObject, path: string): ParamsFault | null {
  if (source.type === 'url' && /^https?:\/\/[^/:]*\.invalid([/:]|$)/.test(String(source.url))) {
    return {
      type: 'invalid_request_error',
      message: 'Unable to download the file. Please verify the URL and try again.',
      isExecuted: true,
    }
  }
  if (source.type !== 'base64') return null
  const openings = OPENINGS[String(source.media_type)]
  const data = String(source.data)
  if (openings === undefined || openings.some((opening) => data.startsWith(opening))) return null
  return invalidParams(`${path}.base64.data: The file format is invalid or unsupported`)
}
