const HIDDEN = '[hidden]'

// What keys of the provider look like, for those that we were never told of.
const KEY_FORM = /sk-ant-[\w-]{8,}/g

/** The secrets of one call. Every text that leaves the transport passes through {@link Secrets.hide}. */
export class Secrets {
  readonly #words = new Set<string>()

  /** Remembers a secret. Texts below four characters are no secrets, and would make holes in every message. */
  add(secret: string | null | undefined): void {
    for (const form of [secret, secret?.trim(), secret && encodeURIComponent(secret)]) {
      if (form !== undefined && form !== null && form.length >= 4) this.#words.add(form)
    }
  }

  /** The text with every remembered secret, and everything of the form of a key, blotted out. */
  hide(text: string): string {
    // Longest first: one secret may be the beginning of another.
    const words = [...this.#words].sort((a, b) => b.length - a.length)
    const hidden = words.reduce((rest, word) => rest.replaceAll(word, HIDDEN), text)
    return hidden.replace(KEY_FORM, HIDDEN)
  }
}
