import { blocksOf, isObject, listOf } from './json-access.js'
import type { JsonObject } from './wire.js'

const LEAD_CHARACTERS = 48

/** What a synthetic reply says about its input. */
export interface InputDigest {
  /** Characters of all texts in the user's messages. */
  readonly characters: number
  /** First heading, or else the first words. */
  readonly lead: string
}

/** Sizes up the user's messages and picks the words that a synthetic reply quotes. */
export function digestInput(params: JsonObject): InputDigest {
  let characters = 0
  let lead = ''
  for (const message of listOf(params.messages)) {
    if (!isObject(message) || message.role === 'assistant') continue
    for (const block of blocksOf(message.content)) {
      const text = textOf(block)
      characters += text.length
      if (lead === '') lead = leadOf(text)
    }
  }
  return { characters, lead }
}

/** The text of a synthetic reply. It says plainly that no model wrote it. */
export function syntheticText(digest: InputDigest): string {
  const size = String(digest.characters).replace(/\B(?=(\d{3})+$)/g, ',')
  const opening = digest.lead === '' ? '' : `, beginning with "${digest.lead}"`
  return `[synthetic reply, no model was asked] The input has ${size} characters${opening}.`
}

function textOf(block: unknown): string {
  if (!isObject(block)) return ''
  if (typeof block.text === 'string') return block.text
  const source = block.source
  return isObject(source) && source.type === 'text' && typeof source.data === 'string'
    ? source.data
    : ''
}

function leadOf(text: string): string {
  const heading = /^#{1,6}\s+(\S.*)$/m.exec(text.slice(0, 4_000))?.[1] ?? text.slice(0, 400)
  const words = heading.trim().split(/\s+/).slice(0, 8).join(' ')
  // Whole characters only: half of a surrogate pair is no text.
  return words.length <= LEAD_CHARACTERS
    ? words
    : `${[...words].slice(0, LEAD_CHARACTERS).join('')}…`
}
