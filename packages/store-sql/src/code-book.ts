import { InvariantError } from '@halfrate/core'

/**
 * Words and the small integers that stand for them in tables.
 *
 * A word's number is its place in the list, so words are only ever added at the end.
 */
export class CodeBook<Word extends string> {
  readonly words: readonly Word[]
  readonly #codes: ReadonlyMap<Word, number>

  constructor(words: readonly Word[]) {
    this.words = words
    this.#codes = new Map(words.map((word, code) => [word, code]))
  }

  /** The number that stands for a word. */
  code(word: Word): number {
    const code = this.#codes.get(word)
    if (code === undefined)
      throw new InvariantError(`No number stands for ${JSON.stringify(word)}.`)
    return code
  }

  /** The number for a word, null for null. */
  codeOrNull(word: Word | null): number | null {
    return word === null ? null : this.code(word)
  }

  /**
   * The word that a number stands for.
   *
   * @throws {InvariantError} when the number is not in the list.
   */
  word(code: number): Word {
    const word = this.words[code]
    if (word === undefined) throw new InvariantError(`${code} stands for none of ${this.words}.`)
    return word
  }

  /** The word for a number, null for null. */
  wordOrNull(code: number | null): Word | null {
    return code === null ? null : this.word(code)
  }
}
