import type { PromptBytes } from './prompt-content.js'

/**
 * Members of params that the provider counts the tokens of a prompt by; it refuses the others.
 *
 * Source: `MessageCountTokensParams` of @anthropic-ai/sdk 1.11.0, 2026-11-21.
 */
const COUNTED = [
  'model',
  'messages',
  'system',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'cache_control',
] as const

/** The body of a call that counts the tokens of a request; null when its bytes are no JSON, because a file is not in them. */
export function countBodyOf({ prefix, body }: PromptBytes): Uint8Array | null {
  const params = paramsOf(prefix === null ? [body] : [prefix.bytes, body])
  if (params === null) return null
  const counted = COUNTED.filter((name) => Object.hasOwn(params, name))
  const kept = Object.fromEntries(counted.map((name) => [name, params[name]]))
  return new TextEncoder().encode(JSON.stringify(kept))
}

function paramsOf(parts: readonly Uint8Array[]): Readonly<Record<string, unknown>> | null {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    const members = parts.map((part) => decoder.decode(part)).filter((text) => text !== '')
    return JSON.parse(`{${members.join(',')}}`) as Readonly<Record<string, unknown>>
  } catch {
    return null
  }
}
