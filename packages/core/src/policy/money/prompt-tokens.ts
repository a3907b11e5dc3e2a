import { itemBytesOf } from '../wire-size.js'
import type { PromptContent } from './prompt-content.js'

/** A number that is not known, by its ends. */
export interface TokenRange {
  readonly low: number
  readonly high: number
}

/** What the size of a prompt is judged by. */
export interface PromptFacts {
  /** `params.model` as the caller wrote it. */
  readonly model: string
  /** Its whole item on the wire. */
  readonly itemBytes: number
  /** Null when only the size is known: then all of it is taken for text. */
  readonly content: PromptContent | null
}

// Prose of Latin script has 3.5 to 4.5 bytes a token, code about 3, Chinese and Japanese, at three bytes a character, 2 to 3.
const SPARSE_BYTES = 4.5
const DENSE_BYTES = 2.4
// Source: the fact sheet's section 8 on tokenizers, 2026-11-21.
const NEW_TOKENIZER = 1.3
// Version 4.6 and before, in both orders that names have had.
const OLD_NAME =
  /^claude-(?:[a-z]+-)?(?:[123](?:[-.]|$)|4(?:[-.][0-6])?(?:[-@]\d{8})?(?:-latest)?$)/

// JSON that every request has and that is not billed as text: names of members, the model, brackets.
const JSON_BYTES = 80
// Marks around messages, and what the provider puts before tools by itself.
const FRAME_TOKENS = 40
const TOOLS_TOKENS = 800
// The largest picture at the highest resolution; a page of a PDF is its text and a picture.
const IMAGE_TOKENS = 4_800
const LEAST_IMAGE_TOKENS = 10
const LEAST_DOCUMENT_TOKENS = 500
const DOCUMENT_BYTES = 2
const EMPTY_ITEM_BYTES = itemBytesOf(0, 0)

/**
 * How many tokens the prompt of a request likely has, offline, from its size and the model's tokenizer.
 *
 * The ends are those of usual text in usual languages, not bounds: long runs of digits or of rare scripts go beyond the
 * high one. What comes from elsewhere (a URL, a file id, a web page) is in neither. For a bound see {@link holdOf}.
 */
export function promptTokensOf({ model, itemBytes, content }: PromptFacts): TokenRange {
  const textBytes = textBytesOf({ itemBytes, content })
  const scale = hasOldTokenizer(model) ? 1 : NEW_TOKENIZER
  const low = (Math.max(1, textBytes - JSON_BYTES) / SPARSE_BYTES) * scale
  const high = (textBytes / DENSE_BYTES) * scale + FRAME_TOKENS
  const other = content === null ? NONE : otherTokensOf(content)
  return { low: Math.ceil(low + other.low), high: Math.ceil(high + other.high) }
}

/** How many tokens so many bytes of text likely have, as {@link promptTokensOf} judges them. */
export function textTokensOf(model: string, bytes: number): TokenRange {
  const scale = hasOldTokenizer(model) ? 1 : NEW_TOKENIZER
  return {
    low: Math.floor((bytes / SPARSE_BYTES) * scale),
    high: Math.ceil((bytes / DENSE_BYTES) * scale),
  }
}

/** The bytes of a request that are billed as text, and the JSON around them. At least 1. */
export function textBytesOf({ itemBytes, content }: Omit<PromptFacts, 'model'>): number {
  return Math.max(1, itemBytes - EMPTY_ITEM_BYTES - (content?.encodedBytes ?? 0))
}

const NONE: TokenRange = { low: 0, high: 0 }

function otherTokensOf(content: PromptContent): TokenRange {
  const { images, documents, encodedBytes, hasTools } = content
  const least = documents * LEAST_DOCUMENT_TOKENS
  // A small file is no less than a page of it.
  const documentTokens = documents === 0 ? 0 : Math.max(least, encodedBytes / DOCUMENT_BYTES)
  return {
    low: images * LEAST_IMAGE_TOKENS + least,
    high: images * IMAGE_TOKENS + documentTokens + (hasTools ? TOOLS_TOKENS : 0),
  }
}

/** Whether a model counts by the tokenizer of Claude 4.6 and before. Unknown names count by the newer, which gives more. */
export function hasOldTokenizer(model: string): boolean {
  return OLD_NAME.test(model)
}
