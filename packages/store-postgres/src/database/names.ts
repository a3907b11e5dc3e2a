import { InvariantError } from '@halfrate/core'
import type { NameOf } from '@halfrate/store-sql'
import { arrayOf, numbers } from './binary-format.js'
import type { Connection } from './connection.js'
import { escapedText } from './escaped-text.js'

// Projects, accounts, queues, lanes and models are few; the cache is emptied when somebody makes them many.
const MOST_CACHED = 10_000

interface NameRow {
  readonly id: number
  readonly text: string
}

const BY_TEXT = 'SELECT id, text FROM names WHERE text = ANY($1::varchar[])'
const BY_ID = 'SELECT id, text FROM names WHERE id = ANY($1::bigint[])'
// In the order of texts, so that two who add the same ones wait for each other and not in a ring.
const ADD = `INSERT INTO names (text) SELECT t FROM unnest($1::varchar[]) t ORDER BY t
  ON CONFLICT DO NOTHING`

/**
 * Projects, accounts, queues, lanes and models, and the small numbers that stand for them in rows.
 *
 * Names are never changed nor removed, so what was read once, or committed, stays true.
 */
export class Names {
  #ids = new Map<string, number>()
  #texts = new Map<number, string>()

  /** The numbers of names that all stand in the cache; null as soon as one does not. */
  cached(texts: readonly string[]): readonly number[] | null {
    const ids = texts.map((text) => this.#ids.get(text))
    return ids.includes(undefined) ? null : (ids as readonly number[])
  }

  /** The numbers of names; null for one that the store has never seen. */
  async find(db: Connection, texts: readonly string[]): Promise<readonly (number | null)[]> {
    const unknown = texts.filter((text) => !this.#ids.has(text))
    const found = new Map<string, number>()
    if (unknown.length > 0) {
      const rows = await db.all<NameRow>(BY_TEXT, arrayOf('varchar', unknown.map(escapedText)))
      for (const row of rows) found.set(row.text, row.id)
    }
    const ids = texts.map((text) => this.#ids.get(text) ?? found.get(text) ?? null)
    for (const [text, id] of found) this.#remember(text, id)
    return ids
  }

  /** Adds the names that the store has never seen; their numbers are found once that is committed. */
  async add(db: Connection, texts: readonly string[]): Promise<void> {
    const missing = new Set(texts.filter((text) => !this.#ids.has(text)))
    await db.run(ADD, arrayOf('varchar', [...missing].map(escapedText)))
  }

  /** Reads names for numbers, and answers how to read each of them back. */
  async readerOf(db: Connection, ids: readonly number[]): Promise<NameOf> {
    const unknown = [...new Set(ids)].filter((id) => !this.#texts.has(id))
    if (unknown.length > 0) {
      const rows = await db.all<NameRow>(BY_ID, numbers(unknown))
      for (const row of rows) this.#remember(row.text, row.id)
    }
    // The map of this moment: the cache may be emptied while its rows are mapped.
    const texts = this.#texts
    return (id) => {
      const text = texts.get(id)
      if (text === undefined) throw new InvariantError(`No name has the number ${id}.`)
      return text
    }
  }

  #remember(text: string, id: number): void {
    if (this.#ids.size >= MOST_CACHED) {
      this.#ids = new Map()
      this.#texts = new Map()
    }
    this.#ids.set(text, id)
    this.#texts.set(id, text)
  }
}

/**
 * The number of a name that was asked for with the others.
 *
 * @throws {InvariantError} when it was not.
 */
export function idIn(ids: ReadonlyMap<string, number>, name: string): number {
  const id = ids.get(name)
  if (id === undefined) throw new InvariantError(`The number of ${name} was not asked for.`)
  return id
}
