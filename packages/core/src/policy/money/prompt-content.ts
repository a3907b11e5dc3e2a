import { base64BytesOf, blobMarksOf } from '../intake/blob-mark.js'
import type { Prefix } from '../intake/prefix-cache.js'

/** What a prompt holds that its size does not tell. */
export interface PromptContent {
  /** Bytes of base64 in it: pictures and documents. They are no text. */
  readonly encodedBytes: number
  readonly images: number
  /** Documents whose bytes are in the request. */
  readonly documents: number
  /** Whether parts of it come from elsewhere when it runs: a URL, a file id, a server's tool. */
  readonly fetches: boolean
  readonly hasTools: boolean
  /** How it asks for its prefix to be cached; null when it does not. */
  readonly caching: '5m' | '1h' | null
  /** Set when a breakpoint stands in what is not shared, beside a prefix that is. */
  readonly hasOwnBreakpoint?: true
  /** Whether it has to run in the US. */
  readonly isInUs: boolean
}

/** The params of a request as rows carry them: the shared members apart, or all in the body. */
export interface PromptBytes {
  readonly prefix: Pick<Prefix, 'bytes'> | null
  readonly body: Uint8Array
}

const IMAGE = /"type"\s*:\s*"image"/g
const DOCUMENT = /"type"\s*:\s*"document"/g
const ENCODED = /"data"\s*:\s*"([A-Za-z0-9+/]+={0,2})"/g
const FETCHED =
  /"type"\s*:\s*"(?:url|file|container_upload|(?:web_search|web_fetch|code_execution|mcp)[a-z0-9_]*)"/
const TOOLS = /"(?:tools|mcp_servers)"\s*:\s*\[\s*\{/
const CACHED = /"cache_control"\s*:\s*\{/
const ONE_HOUR = /"ttl"\s*:\s*"1h"/
const IN_US = /"inference_geo"\s*:\s*"us"/

/**
 * Reads what a prompt holds, without parsing it.
 *
 * Names inside text stand behind a backslash in JSON, so that a prompt which talks about images is not taken for one that
 * has some. An odd tool schema can still be; that makes an estimate wider, never narrower.
 */
export function promptContentOf({ prefix, body }: PromptBytes): PromptContent {
  const own = contentOf(body)
  if (prefix === null) return own
  const shared = sharedContentOf(prefix.bytes)
  return {
    encodedBytes: own.encodedBytes + shared.encodedBytes,
    images: own.images + shared.images,
    documents: own.documents + shared.documents,
    fetches: own.fetches || shared.fetches,
    hasTools: own.hasTools || shared.hasTools,
    caching: own.caching === '1h' ? '1h' : (shared.caching ?? own.caching),
    isInUs: own.isInUs || shared.isInUs,
    ...(own.caching === null ? {} : { hasOwnBreakpoint: true as const }),
  }
}

// Rows of one workload share the object, and it is read once.
const known = new WeakMap<Uint8Array, PromptContent>()

function sharedContentOf(bytes: Uint8Array): PromptContent {
  const before = known.get(bytes)
  if (before !== undefined) return before
  const content = contentOf(bytes)
  known.set(bytes, content)
  return content
}

// One character for one byte: all that is looked for is ASCII.
const decoder = new TextDecoder('latin1')

function contentOf(bytes: Uint8Array): PromptContent {
  const text = decoder.decode(bytes)
  let encodedBytes = 0
  for (const [, data] of text.matchAll(ENCODED)) encodedBytes += data?.length ?? 0
  for (const { size } of blobMarksOf(bytes)) encodedBytes += base64BytesOf(size)
  return {
    encodedBytes,
    images: countOf(text, IMAGE),
    documents: encodedBytes === 0 ? 0 : countOf(text, DOCUMENT),
    fetches: FETCHED.test(text),
    hasTools: TOOLS.test(text),
    caching: CACHED.test(text) ? (ONE_HOUR.test(text) ? '1h' : '5m') : null,
    isInUs: IN_US.test(text),
  }
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}
