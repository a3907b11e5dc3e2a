import { joinBytes } from '../results/join-bytes.js'
import { editMember } from './edit-member.js'
import { behindList, withAssistantTurn } from './with-assistant-turn.js'

/**
 * The own members of a request's params, joined by commas and without braces, with an answer behind their `messages` and what is wrong
 * with it; every other byte stays as it came. Null when they have no list of messages. Of the answer its text alone goes back: what it
 * thought needs no answer, and a tool that it called has none.
 */
export function withRepair(
  stored: Uint8Array,
  { text, problem }: { readonly text: string; readonly problem: string },
): Uint8Array | null {
  // The provider refuses empty texts.
  const said = text === '' ? stored : withAssistantTurn(stored, contentOf(text))
  if (said === null) return null
  const asked =
    'This answer is not of the form that was asked for: ' +
    `${problem}. Answer again with the corrected JSON alone, and nothing else.`
  const turn = joinBytes(['{"role":"user","content":', contentOf(asked), '}'])
  return editMember(said, 'messages', (list) => behindList(list, turn))
}

const encoder = new TextEncoder()

function contentOf(text: string): Uint8Array {
  return encoder.encode(JSON.stringify([{ type: 'text', text }]))
}
