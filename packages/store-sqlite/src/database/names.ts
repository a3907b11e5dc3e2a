import { InvariantError } from '@halfrate/core'
import { type AnyText, anyTextOf, textOfAny } from '@halfrate/store-sql'
import type { Connection } from './connection.js'

// Projects, accounts, queues, lanes and models are few; the cache is emptied when somebody makes them many.
const MOST_CACHED = 10_000

const BY_TEXT = 'SELECT id FROM names WHERE text = ?'
const BY_ID = 'SELECT text FROM names WHERE id = ?'
const ADD = 'INSERT INTO names (text) VALUES (?) RETURNING id'

/**
 * Projects, accounts, queues, lanes and models, and the small numbers that stand for them in rows.
 *
 * Names are never removed, so what is cached stays true; only names that were added in a transaction are cached when
 * it is over, since it may be rolled back.
 */
export class Names {
  readonly #connection: Connection
  readonly #ids = new Map<string, number>()
  readonly #texts = new Map<number, string>()
  readonly #added = new Map<string, number>()

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** The number of a name; null when the store has never seen it. */
  find(text: string): number | null {
    const known = this.#ids.get(text) ?? this.#added.get(text)
    if (known !== undefined) return known
    const row = this.#connection.get<{ id: number }>(BY_TEXT, anyTextOf(text))
    if (row === undefined) return null
    this.#remember(text, row.id)
    return row.id
  }

  /** The number of a name, new if need be. Only in a transaction. */
  idOf(text: string): number {
    const known = this.find(text)
    if (known !== null) return known
    const id = this.#connection.get<{ id: number }>(ADD, anyTextOf(text))?.id
    if (id === undefined) throw new InvariantError(`No number came for the name ${text}.`)
    this.#added.set(text, id)
    return id
  }

  /** The name of a number. */
  readonly textOf = (id: number): string => {
    const known = this.#texts.get(id)
    if (known !== undefined) return known
    const row = this.#connection.get<{ text: AnyText }>(BY_ID, id)
    if (row === undefined) throw new InvariantError(`No name has the number ${id}.`)
    const text = textOfAny(row.text)
    if (!this.#added.has(text)) this.#remember(text, id)
    return text
  }

  /** Ends a transaction: what it added is true from now on, or never was. */
  settle(isCommitted: boolean): void {
    if (isCommitted) for (const [text, id] of this.#added) this.#remember(text, id)
    this.#added.clear()
  }

  #remember(text: string, id: number): void {
    if (this.#ids.size >= MOST_CACHED) {
      this.#ids.clear()
      this.#texts.clear()
    }
    this.#ids.set(text, id)
    this.#texts.set(id, text)
  }
}
