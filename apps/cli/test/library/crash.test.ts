import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Emulator, startEmulator } from '@halfrate/emulator'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.js'

const PROGRAM = join(import.meta.dirname, 'programs/run-job.mjs')
const DEFERRED = join(import.meta.dirname, 'programs/deferred-calls.mjs')
const DAY_MS = 86_400_000
const SHORT = { seed: 7, clock: { factor: 600 }, turnaroundMs: [60_000, 60_000] } as const

interface Program {
  readonly child: ChildProcess
  readonly lines: readonly string[]
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>
  said(pattern: RegExp): Promise<void>
}

function startProgram(claude: Emulator, args: readonly string[], program = PROGRAM): Program {
  const child = spawn(process.execPath, [program, ...args], {
    env: {
      PATH: process.env.PATH,
      ANTHROPIC_API_KEY: 'test-key',
      ANTHROPIC_BASE_URL: claude.url,
      HALFRATE_CLOCK: JSON.stringify(claude.startLine),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  const reader = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  const ended = once(child, 'close').then(
    ([code, signal]) => (code ?? signal) as number | NodeJS.Signals,
  )
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const said = async (pattern: RegExp): Promise<void> => {
    while (!lines.some((line) => pattern.test(line))) await once(reader, 'line')
  }
  return { child, lines, ended, said }
}

function succeeded(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `r${index + 1} succeeded`).toSorted()
}

function resultsOf({ lines }: Program): readonly string[] {
  return lines.filter((line) => line !== 'taken').toSorted()
}

test('a program that is killed while its batch is at Claude goes on, gets every row, and pays once', async () => {
  await using claude = await startEmulator({ ...SHORT, turnaroundMs: [DAY_MS, DAY_MS] })
  const store = join(temporaryFolder(), 'claims.db')
  const first = startProgram(claude, [store, '40'])
  await first.said(/taken/)
  await expect.poll(() => claude.ledger.posts().length, { timeout: 60_000 }).toBe(1)
  first.child.kill('SIGKILL')
  expect(await first.ended).toBe('SIGKILL')
  expect(resultsOf(first)).toEqual([])
  await claude.clock.advance('25h')
  const second = startProgram(claude, [store, '40'])
  expect(await second.ended).toBe(0)
  expect(resultsOf(second)).toEqual(succeeded(40))
  expect(claude.ledger.billed()).toHaveLength(40)
})

test('a program that is killed while it takes rows in has sent nothing, and takes them in again', async () => {
  await using claude = await startEmulator(SHORT)
  const store = join(temporaryFolder(), 'claims.db')
  const first = startProgram(claude, [store, '6000', 'die-in-rows'])
  expect(await first.ended).toBe('SIGKILL')
  expect(claude.ledger.posts()).toHaveLength(0)
  const second = startProgram(claude, [store, '6000'])
  expect(await second.ended).toBe(0)
  expect(resultsOf(second)).toEqual(succeeded(6_000))
  expect(claude.ledger.billed()).toHaveLength(6_000)
})

test('two programs that run the same job on one file both get every row, and it is paid once', async () => {
  await using claude = await startEmulator({ ...SHORT, turnaroundMs: [600_000, 600_000] })
  const store = join(temporaryFolder(), 'claims.db')
  const first = startProgram(claude, [store, '30'])
  await first.said(/taken/)
  const second = startProgram(claude, [store, '30'])
  expect(await Promise.all([first.ended, second.ended])).toEqual([0, 0])
  expect(resultsOf(first)).toEqual(succeeded(30))
  expect(resultsOf(second)).toEqual(succeeded(30))
  expect(claude.ledger.billed()).toHaveLength(30)
})

test('when the program that works is killed, the one beside it takes over', async () => {
  await using claude = await startEmulator({ ...SHORT, turnaroundMs: [1_800_000, 1_800_000] })
  const store = join(temporaryFolder(), 'claims.db')
  const first = startProgram(claude, [store, '10'])
  await first.said(/taken/)
  const second = startProgram(claude, [store, '10'])
  await second.said(/taken/)
  first.child.kill('SIGKILL')
  expect(await second.ended).toBe(0)
  expect(resultsOf(second)).toEqual(succeeded(10))
  expect(claude.ledger.billed()).toHaveLength(10)
})

test('a program of deferred calls that is killed gets the stored answers and the waiting ones, paid once', async () => {
  await using claude = await startEmulator({ ...SHORT, turnaroundMs: [DAY_MS, DAY_MS] })
  const store = join(temporaryFolder(), 'scores.db')
  const first = startProgram(claude, [store, '20'], DEFERRED)
  await expect.poll(() => claude.ledger.posts().length, { timeout: 60_000 }).toBe(1)
  first.child.kill('SIGKILL')
  expect(await first.ended).toBe('SIGKILL')
  await claude.clock.advance('25h')
  const second = startProgram(claude, [store, '50'], DEFERRED)
  await expect.poll(() => second.lines.length, { timeout: 60_000 }).toBe(20)
  await expect.poll(() => claude.ledger.posts().length, { timeout: 60_000 }).toBe(2)
  second.child.kill('SIGKILL')
  expect(await second.ended).toBe('SIGKILL')
  expect(resultsOf(first)).toEqual([])
  expect(resultsOf(second)).toEqual(succeeded(20))
  await claude.clock.advance('25h')
  const third = startProgram(claude, [store, '50'], DEFERRED)
  expect(await third.ended).toBe(0)
  expect(resultsOf(third)).toEqual(succeeded(50))
  expect(claude.ledger.billed()).toHaveLength(50)
})
