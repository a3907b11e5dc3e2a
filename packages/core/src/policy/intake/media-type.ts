/** What a request can hold as a block with base64. Source: the official SDK's types of image and document blocks, 2026-11-22. */
export type MediaType = 'application/pdf' | 'image/jpeg' | 'image/png' | 'image/gif' | 'image/webp'

/** The blocks that files stand in. */
export type FileBlock = 'document' | 'image'

const OPENINGS: readonly (readonly [MediaType, readonly number[]])[] = [
  ['application/pdf', [...'%PDF-'].map((char) => char.charCodeAt(0))],
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/gif', [...'GIF87a'].map((char) => char.charCodeAt(0))],
  ['image/gif', [...'GIF89a'].map((char) => char.charCodeAt(0))],
]
const RIFF = [...'RIFF'].map((char) => char.charCodeAt(0))
const WEBP = [...'WEBP'].map((char) => char.charCodeAt(0))
const WEBP_AT = 8

/** What a file is by its first bytes, whatever its name; null when it is none of what a block can hold. */
export function mediaTypeOf(bytes: Uint8Array): MediaType | null {
  for (const [type, opening] of OPENINGS) if (hasAt(bytes, opening, 0)) return type
  return hasAt(bytes, RIFF, 0) && hasAt(bytes, WEBP, WEBP_AT) ? 'image/webp' : null
}

/** The block in which a file of that type stands. */
export function fileBlockOf(mediaType: MediaType): FileBlock {
  return mediaType === 'application/pdf' ? 'document' : 'image'
}

/** Whether it is one of the types that a block can hold. */
export function isMediaType(type: unknown): type is MediaType {
  return type === 'image/webp' || OPENINGS.some(([known]) => known === type)
}

/** What such a file is called in a sentence. */
export const MEDIA_NAMES = 'a PDF, PNG, JPEG, GIF or WebP'

function hasAt(bytes: Uint8Array, opening: readonly number[], at: number): boolean {
  return opening.every((byte, index) => bytes[at + index] === byte)
}
