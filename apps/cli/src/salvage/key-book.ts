import { type KeyTail, keyHashOf, keyTailOf, readKeyTail } from '@halfrate/core/intake'
import { nodeDigest } from '@halfrate/runtime'

/**
 * The key of a result, and where it is known from. `id`: it stands whole in the custom id. `input`: the one key of the
 * input that has this tail. `none`: the id has no tail. `unmatched`: no key of the input has its tail, or there is no input.
 * `several`: more than one has.
 */
export type FoundKey =
  | { readonly type: 'id' | 'input'; readonly key: string }
  | { readonly type: 'none' | 'unmatched' | 'several' }

/** Keys of an input, by those tails that don't hold them whole. */
export class KeyBook {
  /** Null for a tail of more than one key. */
  readonly #keys = new Map<string, string | null>()

  /** Adds a key; one that is there already changes nothing. */
  add(key: string): void {
    const tail = keyTailOf(key, keyHashOf(key, nodeDigest.hash128))
    // What stands whole in an id needs no book.
    if (readKeyTail(tail).type === 'whole') return
    const known = this.#keys.get(tail)
    if (known === undefined) this.#keys.set(tail, key)
    else if (known !== key) this.#keys.set(tail, null)
  }

  /** The key behind a tail, where there is no doubt. */
  find(tail: KeyTail): FoundKey {
    if (tail.type === 'none') return { type: 'none' }
    if (tail.type === 'whole') return { type: 'id', key: tail.key }
    const key = this.#keys.get(tail.tail)
    if (key === undefined) return { type: 'unmatched' }
    return key === null ? { type: 'several' } : { type: 'input', key }
  }
}
