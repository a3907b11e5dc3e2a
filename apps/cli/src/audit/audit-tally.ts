import { ConfigError, InvalidInputError } from '@halfrate/core'
import type { Auditor, UsageRecord } from '@halfrate/core/audit'
import type { UsageKind } from './admin-report.js'

/** A row that could not be read. */
export interface BadRow {
  readonly file: string
  /** Null where the input has no lines. */
  readonly line: number | null
  readonly problem: string
}

/** What became of the rows of all inputs. */
export interface TallyFacts {
  /** Null when there was not a single row. */
  readonly kind: UsageKind | null
  readonly read: number
  readonly bad: number
  /** The first of them. */
  readonly firstBad: readonly BadRow[]
  /** Inputs whose end could not be read; what stands there is in no figure. */
  readonly cutOff: readonly BadRow[]
  /** Inputs that are a report whose next page is not in them. */
  readonly unfinished: readonly string[]
}

const MOST_SHOWN = 10

/** Takes rows in, and counts those that can't be. */
export class AuditTally {
  readonly #auditor: Auditor
  #kind: UsageKind | null = null
  #kindOf = ''
  #read = 0
  #bad = 0
  readonly #firstBad: BadRow[] = []
  readonly #cutOff: BadRow[] = []
  readonly #unfinished = new Set<string>()

  constructor(auditor: Auditor) {
    this.#auditor = auditor
  }

  /** Whether nothing was taken in yet, good or bad. */
  get isNew(): boolean {
    return this.#read + this.#bad === 0
  }

  /**
   * Says what an input is.
   *
   * @throws {ConfigError} when it is another than before: a log and a report tell of the same money.
   */
  is(kind: UsageKind, file: string): void {
    if (this.#kind !== null && this.#kind !== kind) {
      throw new ConfigError(
        `${file} is ${KIND_TEXTS[kind]}, and ${this.#kindOf} ${KIND_TEXTS[this.#kind]}: the same money would count twice.`,
        'Audit them one after the other.',
      )
    }
    this.#kind = kind
    this.#kindOf = file
  }

  /** @param record or what is wrong with it. */
  add(record: UsageRecord | string, at: Omit<BadRow, 'problem'>): void {
    if (typeof record !== 'string') {
      this.#read += 1
      this.#auditor.add(record)
      return
    }
    this.#bad += 1
    if (this.#firstBad.length < MOST_SHOWN) this.#firstBad.push({ ...at, problem: record })
  }

  /** An input can't be read any further. */
  cutOff(at: BadRow): void {
    this.#cutOff.push(at)
  }

  /** A page of a report was read; the last one of a file tells whether more follow. */
  pageOf(file: string, hasMore: boolean): void {
    if (hasMore) this.#unfinished.add(file)
    else this.#unfinished.delete(file)
  }

  /** @throws {InvalidInputError} when nothing could be read at all. */
  facts(): TallyFacts {
    const [first] = [...this.#firstBad, ...this.#cutOff]
    if (this.#read === 0 && first !== undefined) throw nothingRead(first, this.#bad)
    return {
      ...{ kind: this.#kind, read: this.#read, bad: this.#bad },
      ...{ firstBad: this.#firstBad, cutOff: this.#cutOff, unfinished: [...this.#unfinished] },
    }
  }
}

/** What each kind of input is called. */
export const KIND_TEXTS: Readonly<Record<UsageKind, string>> = {
  log: 'a log of calls',
  usage_report: 'a usage report',
  cost_report: 'a cost report',
}

function nothingRead({ file, line, problem }: BadRow, count: number): Error {
  const others = count > 1 ? ` (and ${count - 1} more rows)` : ''
  return new InvalidInputError({
    place: { file, line, field: null },
    rule: 'no_usage',
    problem: `${problem}${others}.`,
    nextStep:
      'No row could be read. Say where its figures stand, as in: --map model=model_name,input_tokens=in,output_tokens=out',
  })
}
