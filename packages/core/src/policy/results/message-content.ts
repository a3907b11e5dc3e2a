import type { Usability } from '../../model/outcome.js'
import { type JsonObject, objectOf } from './json-shape.js'

const CUT_OFF = new Set(['max_tokens', 'model_context_window_exceeded', 'pause_turn'])
const THINKING = new Set(['thinking', 'redacted_thinking'])

/**
 * Judges a message: architecture section 3, "usable".
 *
 * The stop reason is asked first, so a reply that was cut off while thinking is `cut_off`, not `empty`.
 */
export function usabilityOf(message: JsonObject): Usability {
  return usabilityBy(
    message.stop_reason,
    blocksOf(message).some((block) => !isThinking(block)),
  )
}

/** {@link usabilityOf} by what decides it: the stop reason, and whether any block is more than thinking. */
export function usabilityBy(stopReason: unknown, hasAnswer: boolean): Usability {
  if (stopReason === 'refusal') return 'refused'
  if (typeof stopReason === 'string' && CUT_OFF.has(stopReason)) return 'cut_off'
  return hasAnswer ? 'usable' : 'empty'
}

/** The text of a message: its text blocks joined as they stand, without anything between; '' when it has none. */
export function resultText(message: unknown): string {
  const texts = blocksOf(objectOf(message)).map((block) =>
    block.type === 'text' && typeof block.text === 'string' ? block.text : '',
  )
  return texts.join('')
}

function blocksOf(message: JsonObject | null): readonly JsonObject[] {
  const content = message?.content
  if (!Array.isArray(content)) return []
  return content.map(objectOf).filter((block) => block !== null)
}

function isThinking(block: JsonObject): boolean {
  return typeof block.type === 'string' && THINKING.has(block.type)
}
