import type { BodyReason, ChangedBody } from '../model/changed-body.js'
import type { ProjectId } from '../model/ids.js'
import type { BlobBytes, PrefixBytes } from '../ports/store-intake.js'
import { hexOf } from './byte-text.js'

/** The params of a request: shared members by reference, and its own. */
export interface StoredBody {
  readonly prefixId: number
  readonly bytes: Uint8Array
  /** Keys of the files that it has marks of. */
  readonly blobKeys: readonly string[]
  /** Of one that was made of another: which one that was, and why. */
  readonly made?: { readonly of: number; readonly reason: BodyReason } | undefined
}

/** What a body is made of another one as. */
export type MadeBody = Pick<ChangedBody, 'reason' | 'body' | 'standsAlone'>

/** A result line as it came. */
export interface StoredResult {
  readonly bytes: Uint8Array
}

/** Where a project's file is found. */
export function blobKey(project: ProjectId, hash: Uint8Array): string {
  return `${project}\n${hexOf(hash)}`
}

/** The fat bytes: bodies, the prefixes and files that they share, and results. Copied on the way in and out. */
export class ByteTable {
  readonly bodies: Map<number, StoredBody> = new Map()
  readonly prefixes: Map<number, { readonly key: string; readonly bytes: Uint8Array }> = new Map()
  readonly results: Map<number, StoredResult> = new Map()
  /** Files by project and hash. */
  readonly blobs: Map<string, Uint8Array> = new Map()
  readonly #prefixIds = new Map<string, number>()
  // Which of the stored files bytes that came are known to be: many rows bring the same ones.
  readonly #copies = new WeakMap<Uint8Array, Uint8Array>()
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

  /** Answers the keys of files, storing those that their project has not used before, or has not as they came. */
  blobKeys(project: ProjectId, blobs: readonly BlobBytes[]): readonly string[] {
    return blobs.map(({ hash, bytes }) => {
      const key = blobKey(project, hash)
      if (!this.#isThere(key, bytes)) {
        const copy = bytes.slice()
        this.blobs.set(key, copy)
        this.#copies.set(bytes, copy)
      }
      return key
    })
  }

  #isThere(key: string, bytes: Uint8Array): boolean {
    const stored = this.blobs.get(key)
    if (stored === undefined) return false
    if (this.#copies.get(bytes) === stored) return true
    const isSame = stored.length === bytes.length && stored.every((byte, at) => byte === bytes[at])
    if (isSame) this.#copies.set(bytes, stored)
    return isSame
  }

  addBody(prefixId: number, bytes: Uint8Array, blobKeys: readonly string[]): number {
    return this.keepBody(this.#nextId(), { prefixId, bytes: bytes.slice(), blobKeys })
  }

  /** Adds a body that was made of another one, whose files it has, and whose shared members unless it stands alone. */
  addChild(of: number, { reason, body: bytes, standsAlone = false }: MadeBody): number {
    const parent = this.bodies.get(of)
    const { prefixId: shared, blobKeys } = parent ?? { prefixId: 0, blobKeys: [] }
    const prefixId = standsAlone ? 0 : shared
    const made = Object.freeze({ of, reason })
    return this.keepBody(this.#nextId(), { prefixId, blobKeys, made, bytes: bytes.slice() })
  }

  /** Removes a body, and the files that no other has. */
  removeBody(id: number): void {
    const body = this.bodies.get(id)
    this.bodies.delete(id)
    if (body === undefined || body.blobKeys.length === 0) return
    const kept = new Set([...this.bodies.values()].flatMap(({ blobKeys }) => blobKeys))
    for (const key of body.blobKeys) if (!kept.has(key)) this.blobs.delete(key)
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
