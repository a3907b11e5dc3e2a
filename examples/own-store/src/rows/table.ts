import { InvariantError } from '@halfrate/core'
import type { Connection } from '../redis/connection.js'
import type { Place } from './place.js'

/** What a kind of record is called, where it is, and what follows from it. */
export interface Kind<Id, Row> {
  readonly name: string
  readonly keyOf: (id: Id) => string
  /** What a record's content says. */
  readonly read: (text: string) => Row
  readonly write: (row: Row) => string
  readonly placesOf: (row: Row) => readonly Place[]
  /** The stamp of a record that is written: by default one more than the last. */
  readonly stampOf?: (row: Row) => string
}

interface Entry<Row> {
  /** As it was read; empty when there was none. */
  readonly stamp: string
  readonly before: Row | null
  readonly row: Row | null
}

/** What a table's changes come to. */
export interface Changes {
  readonly guards: readonly (readonly [key: string, stamp: string])[]
  readonly sets: readonly (readonly [key: string, value: string])[]
  readonly dels: readonly string[]
  readonly added: readonly Place[]
  readonly removed: readonly Place[]
}

/** Records of one kind, as one step has read and changed them. Nothing is written before the step commits. */
export class Table<Id, Row> {
  readonly #kind: Kind<Id, Row>
  readonly #connection: Connection
  readonly #entries = new Map<string, Entry<Row>>()

  constructor(kind: Kind<Id, Row>, connection: Connection) {
    this.#kind = kind
    this.#connection = connection
  }

  /** Reads records that this step has not read yet. */
  async load(ids: Iterable<Id>): Promise<void> {
    const missing = [...new Set([...ids].map((id) => this.#kind.keyOf(id)))].filter(
      (key) => !this.#entries.has(key),
    )
    if (missing.length === 0) return
    const values = await this.#connection.ask<(string | null)[]>('MGET', ...missing)
    for (const [index, key] of missing.entries()) {
      if (!this.#entries.has(key)) this.#entries.set(key, this.#read(values[index] ?? null))
    }
  }

  #read(value: string | null): Entry<Row> {
    if (value === null) return { stamp: '', before: null, row: null }
    const end = value.indexOf('\n')
    const row = this.#kind.read(value.slice(end + 1))
    return { stamp: value.slice(0, end), before: row, row }
  }

  /** A record that was loaded; null when there is none. */
  get(id: Id): Row | null {
    return this.#entry(id).row
  }

  /** @throws {InvariantError} when there is none. */
  need(id: Id): Row {
    const row = this.get(id)
    if (row === null) throw new InvariantError(`There is no ${this.#kind.name} ${id}.`)
    return row
  }

  /** The stamp under which a record was read; empty when there was none. */
  stamp(id: Id): string {
    return this.#entry(id).stamp
  }

  /** Writes a record that was loaded, or a new one. */
  set(id: Id, row: Row | null): void {
    const key = this.#kind.keyOf(id)
    const { stamp, before } = this.#entries.get(key) ?? { stamp: '', before: null }
    this.#entries.set(key, { stamp, before, row })
  }

  #entry(id: Id): Entry<Row> {
    const entry = this.#entries.get(this.#kind.keyOf(id))
    if (entry === undefined) throw new InvariantError(`${this.#kind.name} ${id} was not loaded.`)
    return entry
  }

  /** What was read, and what is to be written. */
  changes(): Changes {
    const guards: [string, string][] = []
    const sets: [string, string][] = []
    const dels: string[] = []
    const places: { added: Place[]; removed: Place[] } = { added: [], removed: [] }
    for (const [key, entry] of this.#entries) {
      guards.push([key, entry.stamp])
      if (entry.row === entry.before) continue
      if (entry.row === null) dels.push(key)
      else sets.push([key, this.#text(entry.stamp, entry.row)])
      this.#comparePlaces(entry, places)
    }
    return { guards, sets, dels, ...places }
  }

  #text(stamp: string, row: Row): string {
    const next = this.#kind.stampOf?.(row) ?? String(Number(stamp) + 1)
    return `${next}\n${this.#kind.write(row)}`
  }

  #comparePlaces(entry: Entry<Row>, into: { added: Place[]; removed: Place[] }): void {
    const before = namedPlaces(entry.before === null ? [] : this.#kind.placesOf(entry.before))
    const after = namedPlaces(entry.row === null ? [] : this.#kind.placesOf(entry.row))
    for (const [name, place] of before) if (!after.has(name)) into.removed.push(place)
    for (const [name, place] of after) {
      if (before.get(name)?.score !== place.score) into.added.push(place)
    }
  }
}

function namedPlaces(places: readonly Place[]): ReadonlyMap<string, Place> {
  return new Map(places.map((place) => [`${place.key}\n${place.member}`, place]))
}
