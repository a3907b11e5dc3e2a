import { once } from 'node:events'
import { realpathSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { type Emulator, type EmulatorOptions, startEmulator } from '@halfrate/emulator'
import { onTestFinished } from 'vitest'
import { startHalfrate } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { screenOf } from '../support/virtual-terminal.js'

// So slow that it stands still for as long as a test takes, and yet a clock that other processes can share.
const STANDING = 1e-9
const START = Date.UTC(2026, 10, 21, 9, 0)

// What takes no flags of ours.
const HELPLESS = new Set(['--help', 'rnu'])

// Real time; nothing of a screen takes long but a busy machine.
const LONGEST_MS = 90_000
const LATE = 'it did not come to that'

// Commands that ask the provider; the others have a clock alone.
const ASKING = new Set(['run', 'work', 'doctor', 'recover'])

/** How one command is shown. */
export interface Played {
  /** When it shows this, it is interrupted; else its end is awaited. */
  readonly until?: RegExp
  /** Whether to answer what it shows once it was interrupted. Default: what it showed before. */
  readonly isEndShown?: boolean
}

/** A folder, an emulator whose clock stands still until it is put forward, and a terminal. */
export class Stage {
  readonly claude: Emulator
  readonly folder: string
  readonly columns: number
  readonly #batches = new Map<string, string>()

  private constructor(claude: Emulator, columns: number) {
    this.claude = claude
    this.columns = columns
    this.folder = realpathSync(temporaryFolder())
  }

  static async open(columns: number, options: EmulatorOptions = {}): Promise<Stage> {
    const clock = { start: START, factor: STANDING }
    const claude = await startEmulator({ seed: 7, clock, ...options })
    onTestFinished(async () => await claude.stop())
    return new Stage(claude, columns)
  }

  /** Types a command and answers what the terminal shows then, without what differs from machine to machine. */
  async play(
    words: readonly string[],
    { until, isEndShown = false }: Played = {},
  ): Promise<string> {
    const { url, startLine } = this.claude
    const flags = ['--base-url', url, '--clock', JSON.stringify(startLine.clock)]
    const own = ASKING.has(words[0] ?? '') ? flags : flags.slice(2)
    const led = HELPLESS.has(words[0] ?? '') ? [] : own
    const { child, ended } = startHalfrate([...words, ...led], {
      ...{ cwd: this.folder, columns: this.columns, stdin: 'pipe' },
      env: { ONE_STREAM: '1', NO_COLOR: '1' },
    })
    let text = ''
    const output = child.stdout as Readable
    output.on('data', (piece: string) => {
      text += piece
    })
    const shown = (): string => this.#normal(screenOf(text, 10_000).join('\n'))
    const over = ended.then(({ code }) => `it ended with ${code}`)
    const late = new Promise<string>((resolve) => {
      setTimeout(() => resolve(LATE), LONGEST_MS).unref()
    })
    for (;;) {
      if (until?.test(shown()) === true) break
      const end = await Promise.race([once(output, 'data'), over, late])
      if (typeof end !== 'string') continue
      if (end === LATE) child.kill('SIGKILL')
      await ended
      if (until === undefined && end !== LATE) return shown()
      throw new Error(`${words.join(' ')}: ${end}: ${shown()}`)
    }
    const before = shown()
    child.kill('SIGINT')
    await ended
    return isEndShown ? shown() : before
  }

  #normal(text: string): string {
    return (
      text
        .replace(/ --base-url \S+ --clock '[^']*'/g, '')
        .replace(/ --clock '[^']*'/g, '')
        .replaceAll(this.folder, '/var/lib/claims')
        .replaceAll(new URL(this.claude.url).host, '127.0.0.1:4010')
        .replace(/node \S*dist\/main\.js/g, 'halfrate')
        .replace(/\bmsgbatch_01\w{22}\b/g, (id) => this.#batch(id))
        .replace(/\b\d{16}\b/g, '1836042379886592')
        // Calls are spread by chance.
        .replace(/next: due (?:now|09:\d\d)/g, 'next: due 09:16')
        .replace(/(tried again at\s+)09:\d\d/g, '$109:05')
        .replace(/\d+ [GTM]B free/g, '84 GB free')
        .replace(
          /SQLite [\d.]+, schema \w+, [\d.]+ [MK]B/g,
          'SQLite 3.54.1, schema 0006_blobs, 0.2 MB',
        )
        .trimEnd()
    )
  }

  // In the order in which they are seen; which of several batches Claude takes first is chance.
  #batch(id: string): string {
    const known =
      this.#batches.get(id) ?? `msgbatch_01${'ABCDEFGH'.charAt(this.#batches.size).repeat(22)}`
    this.#batches.set(id, known)
    return known
  }
}
