import type { ProjectId } from '../model/ids.js'
import type { PrefixBytes } from '../ports/store-intake.js'
import { hexOf } from './byte-text.js'

/** The params of a request: shared members by reference, and its own. */
export interface StoredBody {
  readonly prefixId: number
  readonly bytes: Uint8Array
}

/** A result line as it came. */
export interface StoredResult {
  readonly bytes: Uint8Array
}

/** The fat bytes: bodies, the prefixes that they share, and results. Copied on the way in and out. */
export class ByteTable {
  readonly bodies: Map<number, StoredBody> = new Map()
  readonly prefixes: Map<number, { readonly key: string; readonly bytes: Uint8Array }> = new Map()
  readonly results: Map<number, StoredResult> = new Map()
  readonly #prefixIds = new Map<string, number>()
  #lastId = 0

  /** Answers the id of a prefix, storing it when its project has not used it before. */
  prefixId(project: ProjectId, prefix: PrefixBytes | null): number {
    if (prefix === null) return 0
    const key = `${project}\n${hexOf(prefix.hash)}`
    return this.#prefixIds.get(key) ?? this.keepPrefix(this.#nextId(), key, prefix.bytes.slice())
  }

  keepPrefix(id: number, key: string, bytes: Uint8Array): number {
    this.prefixes.set(id, Object.freeze({ key, bytes }))
    this.#prefixIds.set(key, id)
    this.#lastId = Math.max(this.#lastId, id)
    return id
  }

  addBody(prefixId: number, bytes: Uint8Array): number {
    return this.keepBody(this.#nextId(), { prefixId, bytes: bytes.slice() })
  }

  keepBody(id: number, body: StoredBody): number {
    this.bodies.set(id, Object.freeze(body))
    this.#lastId = Math.max(this.#lastId, id)
    return id
  }

  addResult(bytes: Uint8Array): number {
    return this.keepResult(this.#nextId(), { bytes: bytes.slice() })
  }

  keepResult(id: number, result: StoredResult): number {
    this.results.set(id, Object.freeze(result))
    this.#lastId = Math.max(this.#lastId, id)
    return id
  }

  #nextId(): number {
    this.#lastId += 1
    return this.#lastId
  }
}
