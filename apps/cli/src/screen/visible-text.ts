// Control characters, and those that turn the direction of a line around.
const HIDDEN = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/**
 * A text in which nothing can move the cursor, colour the screen or turn a line around: keys, names of files and what a
 * provider says come from outside. What is hidden is written as JSON writes it, such as `\\u001b`.
 */
export function visibleText(text: string): string {
  return text.replace(
    HIDDEN,
    (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )
}
