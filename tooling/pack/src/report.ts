/** What one look found: a few words when all is well, else what is wrong. */
export interface Finding {
  /** Stands in the line of the report, such as a size or a time. */
  readonly note: string
  /** What has to be mended, a line each; empty when nothing has. */
  readonly faults: readonly string[]
}

/** Prints a line for each look, with what is wrong below it, and counts. */
export class Report {
  readonly #print: (text: string) => void
  readonly #figures = new Map<string, number>()
  readonly #failed: string[] = []
  #looks = 0

  constructor(print: (text: string) => void) {
    this.#print = print
  }

  /** Names of the looks that failed, in their order. */
  get failed(): readonly string[] {
    return this.#failed
  }

  /**
   * Looks, and prints what was found. What throws has failed like any other look, and the next one goes on.
   *
   * @returns whether all is well.
   */
  async look(name: string, find: () => Promise<Finding>): Promise<boolean> {
    const { note, faults } = await find().catch(thrown)
    this.#looks += 1
    if (faults.length > 0) this.#failed.push(name)
    this.#print(`${faults.length === 0 ? 'ok    ' : 'failed'}  ${name.padEnd(42)}  ${note}`)
    for (const fault of faults) this.#print(fault.trimEnd().replace(/^(?=.)/gm, '        '))
    return faults.length === 0
  }

  /** Keeps a figure for the last line. */
  figure(name: string, value: number): void {
    this.#figures.set(name, value)
  }

  /** Prints the last line: `name=value …`, for programs. */
  end(): void {
    const figures = [...this.#figures].map(([name, value]) => `${name}=${value}`)
    this.#print([...figures, `looks=${this.#looks}`, `failed=${this.#failed.length}`].join(' '))
  }
}

function thrown(error: unknown): Finding {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { note: 'could not look', faults: [text] }
}
