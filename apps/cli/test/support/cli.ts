import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { parseStartLine, type StartLine } from '@halfrate/emulator'
import { onTestFinished } from 'vitest'

const MAIN = join(import.meta.dirname, '../../dist/main.js')
const AS_TERMINAL = pathToFileURL(join(import.meta.dirname, 'as-terminal.mjs')).href
const DIE_SAYING = pathToFileURL(join(import.meta.dirname, 'die-saying.mjs')).href

/** A pattern for how long something took, as people are told: how fast this machine is must not matter. */
export const SPAN = '\\d+ (?:s|min|h|d)(?: \\d+ (?:min|h))?'

/** How a command ended and what it said. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A command under way. */
export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves when standard error has said something; rejects when the command ends without. */
  said(pattern: RegExp): Promise<void>
}

/** Where a command runs. */
export interface CommandPlace {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** Its standard input: a pipe that stays open, or an open file. Default: nothing. */
  readonly stdin?: 'pipe' | number
  /** A program, and its arguments, that starts the command in its place. */
  readonly through?: readonly string[]
  /** Kills the command, as `kill -9` does, in the very moment in which standard error says this. */
  readonly diesSaying?: RegExp
  /** Columns of a terminal that it takes its streams for. Default: they are none. */
  readonly columns?: number | undefined
}

/** Starts the built command in a folder, with nothing of this environment but what it needs. */
export function startHalfrate(args: readonly string[], params: CommandPlace): Running {
  const { diesSaying, columns } = params
  const dying = diesSaying === undefined ? [] : ['--import', DIE_SAYING]
  const fitting = columns === undefined ? [] : ['--import', AS_TERMINAL]
  const node = [process.execPath, ...dying, ...fitting]
  const words = [...(params.through ?? []), ...node, MAIN, ...args]
  const own = {
    ...(diesSaying === undefined ? {} : { DIE_SAYING: diesSaying.source }),
    ...(columns === undefined ? {} : { AS_TERMINAL: String(columns) }),
  }
  const usual = { PATH: process.env.PATH, TZ: 'UTC', ANTHROPIC_API_KEY: 'test-key' }
  const child = spawn(words[0] ?? '', words.slice(1), {
    cwd: params.cwd,
    env: { ...usual, ...own, ...params.env },
    stdio: [params.stdin ?? 'ignore', 'pipe', 'pipe'],
  }) as ChildProcessByStdio<Writable | null, Readable, Readable>
  const text = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text.stdout += piece
  })
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    text.stderr += piece
  })
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    ...text,
  }))
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const said = async (pattern: RegExp): Promise<void> => {
    let isOver = false
    const over = ended.then(() => {
      isOver = true
    })
    while (!pattern.test(text.stderr)) {
      if (isOver) throw new Error(`it ended without saying ${pattern}: ${text.stderr}`)
      await Promise.race([once(child.stderr, 'data'), over])
    }
  }
  return { child, ended, said }
}

/** Runs the built command to its end. */
export function halfrate(args: readonly string[], params: CommandPlace): Promise<Ended> {
  return startHalfrate(args, params).ended
}

/** An emulator in a process of its own, and its books. */
export interface TestEmulator {
  readonly url: string
  readonly startLine: StartLine
  /** Flags that lead a command to it. */
  readonly flags: readonly string[]
  /** Lines of the ledger: `posts`, `batches`, or `rows` with a verdict. */
  ledger(which: 'posts' | 'batches' | 'rows'): Promise<readonly LedgerLine[]>
  fault(faults: readonly object[]): Promise<void>
  /**
   * Puts the clock forward by a span such as `21h`, for commands that are started then: answers the flags that lead those
   * to it. What a batch takes is so no time that a test waits, and none that a busy machine uses up.
   */
  advance(by: string): Promise<readonly string[]>
}

/** A line of the emulator's ledger; only what tests read. */
export interface LedgerLine {
  readonly verdict?: string
  readonly count?: number
  readonly custom_id?: string
  readonly outcome?: string
}

/** Starts an emulator through the command itself. A virtual minute is a tenth of a second unless told otherwise. */
export async function startTestEmulator(
  flags: readonly string[] = ['--turnaround', '2m-4m'],
  onEnd: (stop: () => Promise<void>) => void = onTestFinished,
): Promise<TestEmulator> {
  const child = spawn(
    process.execPath,
    [MAIN, 'emulator', '--clock-factor', '600', '--seed', '7', ...flags],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const exited = once(child, 'exit')
  onEnd(async () => {
    child.kill('SIGTERM')
    await exited
  })
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  const startLine = parseStartLine(String(line))
  const { url, clock } = startLine
  const flagsFor = (now: object): readonly string[] => [
    ...['--base-url', url, '--clock', JSON.stringify(now)],
  ]
  return {
    url,
    startLine,
    flags: flagsFor(clock),
    async ledger(which) {
      const query = which === 'rows' ? 'rows=all' : `${which}=1`
      const text = await (await fetch(`${url}/_emulator/ledger?${query}`)).text()
      return text
        .split('\n')
        .filter((each) => each !== '')
        .map((each) => JSON.parse(each))
    },
    async fault(faults) {
      await fetch(`${url}/_emulator/faults`, { method: 'POST', body: JSON.stringify(faults) })
    },
    async advance(by) {
      const body = JSON.stringify({ by })
      const answer = await fetch(`${url}/_emulator/advance`, { method: 'POST', body })
      return flagsFor(((await answer.json()) as { readonly clock: object }).clock)
    },
  }
}

/** A request as a line of an input. */
export function request(key: string, text = 'Say it.', rest: object = {}): object {
  return {
    key,
    params: {
      model: 'claude-haiku-4-5',
      max_tokens: 50,
      messages: [{ role: 'user', content: text }],
      ...rest,
    },
  }
}

/** Writes requests, or lines as they are, to a file of a folder. */
export function writeInput(
  folder: string,
  lines: readonly (object | string)[],
  name = 'requests.jsonl',
): string {
  const texts = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)))
  writeFileSync(join(folder, name), `${texts.join('\n')}\n`)
  return name
}

/** Requests with keys `r1`, `r2`, … */
export function requests(count: number): readonly object[] {
  return Array.from({ length: count }, (_, index) => request(`r${index + 1}`))
}
