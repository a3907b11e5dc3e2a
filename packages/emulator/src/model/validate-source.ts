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
 * any other can. Base64 data must be base64, of a media type that the block takes, and begin as that does. Texts captured in September 2026.
 */
export function findBadSource(params: JsonObject): ParamsFault | null {
  for (const [message, turn] of listOf(params.messages).entries()) {
    const blocks = isObject(turn) ? blocksOf(turn.content) : []
    for (const [index, block] of blocks.entries()) {
      if (!isObject(block) || !isObject(block.source)) continue
      const type = String(block.type)
      const path = `messages.${message}.content.${index}.${type}.source`
      const wrong = badSource(type, block.source, path)
      if (wrong !== null) return wrong
    }
  }
  return null
}

function badSource(block: string, source: JsonObject, path: string): ParamsFault | null {
  if (source.type === 'url' && /^https?:\/\/[^/:]*\.invalid([/:]|$)/.test(String(source.url))) {
    return {
      type: 'invalid_request_error',
      message: 'Unable to download the file. Please verify the URL and try again.',
      isExecuted: true,
    }
  }
  const form = FORMS[block]
  if (form === undefined) return null
  if (typeof source.type === 'string' && !form.types.includes(source.type)) {
    return invalidParams(
      `${path}: Input tag '${source.type}' found using 'type' does not match any of the expected tags: ${quotedList(form.types)}`,
    )
  }
  if (source.type !== 'base64') return null
  const mediaType = String(source.media_type)
  if (!form.mediaTypes.includes(mediaType)) {
    return invalidParams(`${path}.base64.media_type: Input should be ${eitherOf(form.mediaTypes)}`)
  }
  const data = String(source.data)
  if (!isBase64(data)) return invalidParams(`${path}.base64.data: Invalid base64 data`)
  if (OPENINGS[mediaType]?.some((opening) => data.startsWith(opening)) === true) return null
  return invalidParams(`${path}.base64.data: The file format is invalid or unsupported`)
}

// What each block takes, by the official SDK's types. How the provider words these refusals was not captured.
const IMAGES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp']
const FORMS: Readonly<
  Record<string, { readonly types: readonly string[]; readonly mediaTypes: readonly string[] }>
> = {
  image: { types: ['base64', 'url', 'file'], mediaTypes: IMAGES },
  document: {
    types: ['base64', 'text', 'content', 'url', 'file'],
    mediaTypes: ['application/pdf'],
  },
}

function isBase64(data: string): boolean {
  return data.length > 0 && data.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(data)
}

function quotedList(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(', ')
}

function eitherOf(words: readonly string[]): string {
  const quoted = words.map((word) => `'${word}'`)
  if (quoted.length === 1) return quoted[0] ?? ''
  return `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`
}
