/** Two 32-bit words that stand for a text. Repeatable, fast, and not for secrets. */
export interface HashWords {
  readonly low: number
  readonly high: number
}

/** Hashes the UTF-16 units of a text into two independent 32-bit words. */
export function hashWords(text: string, seed = 0): HashWords {
  let low = 0x811c9dc5 ^ seed
  let high = 0x9e3779b9 ^ (seed + text.length)
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    low = Math.imul(low ^ unit, 0x01000193)
    high = Math.imul(high + unit, 0x85ebca6b) ^ (high >>> 15)
  }
  return { low: scatter(low), high: scatter(high ^ low) }
}

/** Hashes a text into one whole number below 2^53, fit to seed a random stream. */
export function hashNumber(text: string, seed = 0): number {
  const { low, high } = hashWords(text, seed)
  return (high & 0x1f_ffff) * 0x1_0000_0000 + low
}

function scatter(word: number): number {
  let mixed = word ^ (word >>> 16)
  mixed = Math.imul(mixed, 0x21f0aaad)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
  return (mixed ^ (mixed >>> 15)) >>> 0
}
