import type { ReplyUsage } from '@halfrate/emulator/model'
import { hasAllKinds } from '../scenario/with-prices.js'

const THRESHOLD = 100_000

/**
 * The tokens of an answer's prompt, by the number of its request alone, so that an answer can be told from another one's. Of some
 * models it has tokens of all kinds, as many as the threshold of a dearer price, one more or one less, and searches.
 */
export function promptUsage(number: number, model: unknown): ReplyUsage {
  const input_tokens = 20 + (number % 1_009)
  if (!hasAllKinds(model)) return { input_tokens }
  switch (number % 5) {
    case 0:
      return { input_tokens, server_tool_use: { web_search_requests: 1 + (number % 3) } }
    case 1:
      return { input_tokens, ...written(number % 777, 0), cache_read_input_tokens: number % 333 }
    case 2:
      return { input_tokens, ...written(901, 901 - (number % 2)), cache_read_input_tokens: 7 }
    default:
      return aboutThreshold(number)
  }
}

// One less, exactly, one more; in tokens of one kind or of all.
function aboutThreshold(number: number): ReplyUsage {
  const whole = THRESHOLD - 1 + (Math.floor(number / 5) % 3)
  const read = number % 2 === 0 ? 40_001 : 0
  const [fiveMinutes, oneHour] = number % 4 === 0 ? [333, 222] : [0, 0]
  return {
    input_tokens: whole - read - fiveMinutes - oneHour,
    ...written(fiveMinutes + oneHour, oneHour),
    cache_read_input_tokens: read,
  }
}

function written(tokens: number, oneHour: number): ReplyUsage {
  return {
    cache_creation_input_tokens: tokens,
    cache_creation: { ephemeral_1h_input_tokens: oneHour },
  }
}
