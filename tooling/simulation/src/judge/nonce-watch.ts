import type { Nonce } from '@halfrate/core'
import type { Violations } from './violation.js'

/** Watches that no nonce is posted twice. I3. */
export class NonceWatch {
  readonly #violations: Violations
  readonly #posted = new Set<Nonce>()
  #postedBefore: ReadonlySet<Nonce> = new Set()

  constructor(violations: Violations) {
    this.#violations = violations
  }

  /** A create call begins. */
  posted(nonce: Nonce): void {
    const again = `Nonce ${nonce} was posted twice.`
    // A store that was put back can't know what it sent since; workers that wait find out before they send.
    if (this.#postedBefore.has(nonce)) this.#violations.addIfWithin('I3', again)
    else if (this.#posted.has(nonce)) this.#violations.add('I3', again)
    this.#posted.add(nonce)
  }

  /** A backup was put back. */
  restart(): void {
    this.#postedBefore = new Set(this.#posted)
  }
}
