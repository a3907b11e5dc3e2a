import type { TestEmulator } from '../support/cli.js'

/** Where an error is provoked. */
export interface ErrorPlace {
  readonly folder: string
  readonly claude: TestEmulator
}

/** One thing that goes wrong, and how to bring it about. */
export interface ErrorCase {
  /** What is wrong, as a heading. Unique. */
  readonly title: string
  /** Files that are there before. Short texts are shown, unless `about` says what they are. */
  readonly files?: Readonly<Record<string, string | Uint8Array>> | undefined
  /** A sentence in place of the files. */
  readonly about?: string | undefined
  /** The words after `halfrate`. */
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>> | undefined
  /** The command's standard input. Default: nothing. */
  readonly input?: string | undefined
  /** Does what must have happened before. Whatever it starts ends with the test. */
  readonly before?: ((place: ErrorPlace) => Promise<void>) | undefined
  /** A program, and its arguments, that starts the command; null where this machine does not allow it. */
  readonly through?: readonly string[] | null | undefined
  /** True when something reaches the provider, because it is allowed to. */
  readonly isSent?: boolean | undefined
  /** The lines of the error among others that the command prints; all when absent. */
  readonly only?: RegExp | undefined
  /** Exit code. Default 1. */
  readonly exit?: number | undefined
}

/** Some of them, under one heading. */
export interface ErrorChapter {
  readonly heading: string
  readonly intro: string
  readonly cases: readonly ErrorCase[]
}
