import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseStartLine } from '@halfrate/emulator'

const SCRIPT = fileURLToPath(new URL('../../../../packages/emulator/dist/main.js', import.meta.url))

/** Virtual milliseconds in a real one. */
export const CLOCK_FACTOR = 600

const FLAGS = ['--clock-factor', String(CLOCK_FACTOR), '--turnaround', '5m-40m']

/** One row that the provider billed. */
export interface BilledRow {
  readonly batch_id: string
  readonly custom_id: string
  /** Null for an unknown price. */
  readonly nano_usd: string | null
}

/** The emulator as a process of its own, with its own books. */
export class EmulatorProcess {
  readonly url: string
  /** What `--clock` takes. */
  readonly clock: string
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, url: string, clock: string) {
    this.#child = child
    this.url = url
    this.clock = clock
  }

  /** Starts one on a fast clock; with `losesAnswers` every third answer to a create is lost after it was accepted. */
  static async start(params: {
    readonly seed: number
    readonly losesAnswers: boolean
  }): Promise<EmulatorProcess> {
    const child = spawn(process.execPath, [SCRIPT, ...FLAGS, '--seed', String(params.seed)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = await once(createInterface({ input: child.stdout }), 'line')
    const { url, clock } = parseStartLine(String(line))
    const emulator = new EmulatorProcess(child, url, JSON.stringify(clock))
    if (params.losesAnswers) {
      await emulator.#post('faults', [{ op: 'create', loseResponse: true, everyNth: 3 }])
    }
    return emulator
  }

  /** Every row that was billed. */
  async billed(): Promise<readonly BilledRow[]> {
    const answer = await fetch(`${this.url}/_emulator/ledger?rows=1`)
    const text = await answer.text()
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as BilledRow)
  }

  /** How many creates came, whatever became of them. */
  async posts(): Promise<number> {
    const answer = await fetch(`${this.url}/_emulator/ledger?posts=1`)
    const text = await answer.text()
    return text.split('\n').filter((line) => line !== '').length
  }

  /** Ends it. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exited
  }

  async #post(name: string, body: unknown): Promise<void> {
    await fetch(`${this.url}/_emulator/${name}`, { method: 'POST', body: JSON.stringify(body) })
  }
}
