import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { realMs } from '../real-time.js'

const SCRIPT = fileURLToPath(new URL('../../../../apps/cli/dist/main.js', import.meta.url))
const KEPT_TEXT = 4_000

/** How a run of the command ended. */
export interface CliEnd {
  /** Its exit code; null when a signal ended it. */
  readonly code: number | null
  /** The signal that ended it; null when it ended by itself. */
  readonly signal: NodeJS.Signals | null
  /** The last that it said on its output. */
  readonly said: string
  /** The last that it said on its error output. */
  readonly errors: string
  /** Whether we had told it to stop. */
  readonly wasAsked: boolean
  /** Whether we had killed it. */
  readonly wasKilled: boolean
  /** When it was started, by the machine's own time. */
  readonly startedMs: number
}

/** How a command is started, apart from its arguments. */
export interface CliSetting {
  /** Flags of Node itself, before the command. Default: none. */
  readonly nodeArgs?: readonly string[]
  /** Told of every line on both outputs. */
  readonly onLine?: (line: string) => void
}

/** A process of the command, as a user starts it. */
export class CliProcess {
  /** Resolves when it has ended; never rejects. */
  readonly ended: Promise<CliEnd>
  readonly #child: ChildProcess
  #said = ''
  #errors = ''
  #wasAsked = false
  #wasKilled = false
  #isOver = false
  #isFrozen = false

  constructor(args: readonly string[], setting: CliSetting = {}) {
    const startedMs = realMs()
    const { nodeArgs = [], onLine = () => undefined } = setting
    this.#child = spawn(process.execPath, [...nodeArgs, SCRIPT, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const tellLines = linesOf(onLine)
    this.#child.stdout?.on('data', (piece: Buffer) => {
      this.#said = lastOf(this.#said + piece.toString())
      tellLines(piece)
    })
    this.#child.stderr?.on('data', (piece: Buffer) => {
      this.#errors = lastOf(this.#errors + piece.toString())
      tellLines(piece)
    })
    this.ended = once(this.#child, 'close').then(([code, signal]) => {
      this.#isOver = true
      return {
        code: code as number | null,
        signal: signal as NodeJS.Signals | null,
        said: this.#said,
        errors: this.#errors,
        wasAsked: this.#wasAsked,
        wasKilled: this.#wasKilled,
        startedMs,
      }
    })
  }

  /** Whether it runs, and is not frozen. */
  get isUp(): boolean {
    return !this.#isOver && !this.#isFrozen
  }

  /** Ends it as `kill -9` does. */
  kill(): void {
    this.#wasKilled = true
    this.#child.kill('SIGKILL')
  }

  /** Tells it to stop. */
  ask(): void {
    this.#wasAsked = true
    this.#child.kill('SIGTERM')
  }

  /** Stops it where it is, until it is thawed. */
  freeze(): void {
    this.#isFrozen = true
    this.#child.kill('SIGSTOP')
  }

  /** Lets it go on. */
  thaw(): void {
    this.#isFrozen = false
    this.#child.kill('SIGCONT')
  }
}

function lastOf(text: string): string {
  return text.slice(-KEPT_TEXT)
}

function linesOf(onLine: (line: string) => void): (piece: Buffer) => void {
  let open = ''
  return (piece) => {
    const lines = (open + piece.toString()).split('\n')
    open = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  }
}

/** Runs the command to its end. */
export function runCli(args: readonly string[]): Promise<CliEnd> {
  return new CliProcess(args).ended
}

/** A command that is started again whenever it ends, as a service manager does, until it is let go. */
export class KeptProcess {
  /** Resolves when it ended by itself with one of the exit codes that are its last. */
  readonly done: Promise<CliEnd>
  readonly #args: readonly string[]
  readonly #setting: CliSetting
  readonly #lastCodes: readonly number[]
  readonly #onEnd: (end: CliEnd) => void
  #process: CliProcess
  #starts = 0
  #isLetGo = false
  #finish: (end: CliEnd) => void = () => undefined

  constructor(params: {
    readonly args: readonly string[]
    readonly setting: CliSetting
    /** Exit codes after which it is not started again. */
    readonly lastCodes: readonly number[]
    /** Told of every end. */
    readonly onEnd: (end: CliEnd) => void
  }) {
    this.#args = params.args
    this.#setting = params.setting
    this.#lastCodes = params.lastCodes
    this.#onEnd = params.onEnd
    this.done = new Promise((resolve) => {
      this.#finish = resolve
    })
    this.#process = this.#start()
  }

  /** The process that there is now; it may have ended. */
  get process(): CliProcess {
    return this.#process
  }

  /** Times that it was started. */
  get starts(): number {
    return this.#starts
  }

  /** It is not started again; tells it to stop and waits for its end. */
  async letGo(): Promise<void> {
    this.#isLetGo = true
    this.#process.thaw()
    this.#process.ask()
    await this.#process.ended
  }

  /** It is not started again, and ends now. */
  async end(): Promise<void> {
    this.#isLetGo = true
    this.#process.kill()
    await this.#process.ended
  }

  #start(): CliProcess {
    this.#starts += 1
    const process = new CliProcess(this.#args, this.#setting)
    void process.ended.then((end) => {
      this.#onEnd(end)
      if (end.code !== null && this.#lastCodes.includes(end.code) && !end.wasAsked)
        this.#finish(end)
      else if (!this.#isLetGo) this.#process = this.#start()
    })
    return process
  }
}
