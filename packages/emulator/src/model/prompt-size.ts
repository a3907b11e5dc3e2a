import type { ModelFacts } from './catalogue.js'
import { blocksOf, isObject, listOf } from './json-access.js'
import { type HashWords, hashWords } from './stable-hash.js'
import type { JsonObject } from './wire.js'

const TOKENS_PER_IMAGE = 1_600
const TOKENS_PER_MESSAGE = 4

/** The part of a prompt that the caller asked to have cached. */
export interface PromptPrefix {
  readonly tokens: number
  readonly hash: HashWords
  readonly isOneHour: boolean
}

/** How big a prompt is, by the emulator's own estimate. */
export interface PromptSize {
  readonly tokens: number
  /** Up to the last cache breakpoint; null without one, or below the model's least. */
  readonly prefix: PromptPrefix | null
}

/** Tokens of so many characters: a quarter, and 30 % more for newer tokenizers. At least 1 for any text. */
export function tokensOf(characters: number, model: ModelFacts): number {
  return Math.ceil(characters * tokensPerCharacter(model))
}

/** Most characters that fit in so many tokens. */
export function charactersIn(tokens: number, model: ModelFacts): number {
  return Math.floor(tokens / tokensPerCharacter(model))
}

function tokensPerCharacter(model: ModelFacts): number {
  return model.hasNewTokenizer ? 0.325 : 0.25
}

/** Counts the prompt of `params`, and finds its cached prefix. */
export function promptSizeOf(params: JsonObject, model: ModelFacts): PromptSize {
  let tokens = 0
  let cached: { tokens: number; part: number; isOneHour: boolean } | null = null
  const parts = partsOf(params)
  for (const [part, block] of parts.entries()) {
    tokens += tokensOfBlock(block, model)
    const control = isObject(block) ? block.cache_control : undefined
    if (isObject(control)) cached = { tokens, part, isOneHour: control.ttl === '1h' }
  }
  // A breakpoint at the top level sits after the last block.
  const automatic = params.cache_control
  if (isObject(automatic)) {
    cached = { tokens, part: parts.length - 1, isOneHour: automatic.ttl === '1h' }
  }
  const total = tokens + TOKENS_PER_MESSAGE * listOf(params.messages).length + 3
  if (cached === null || cached.tokens < (model.minCacheableTokens ?? 1_024)) {
    return { tokens: total, prefix: null }
  }
  const text = JSON.stringify([model.id, parts.slice(0, cached.part + 1)])
  return {
    tokens: total,
    prefix: { tokens: cached.tokens, hash: hashWords(text), isOneHour: cached.isOneHour },
  }
}

/** Everything that counts, in the provider's order: tools, system, messages. */
function partsOf(params: JsonObject): unknown[] {
  const parts: unknown[] = [...listOf(params.tools), ...blocksOf(params.system)]
  for (const message of listOf(params.messages)) {
    if (isObject(message)) parts.push(...blocksOf(message.content))
  }
  return parts
}

function tokensOfBlock(block: unknown, model: ModelFacts): number {
  if (!isObject(block)) return 0
  if (block.type === 'image') return TOKENS_PER_IMAGE
  if (typeof block.text === 'string') return tokensOf(block.text.length, model)
  if (block.type === 'document' && isObject(block.source)) {
    const { data, type } = block.source
    if (typeof data === 'string') {
      return tokensOf(type === 'base64' ? data.length / 8 : data.length, model)
    }
  }
  return tokensOf(JSON.stringify(block).length, model)
}
