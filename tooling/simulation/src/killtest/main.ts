import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HalfrateError } from '@halfrate/core'
import { type EmulatorChild, startEmulatorChild } from './emulator-child.js'
import { judge } from './judge.js'
import { type KillOptions, readOptions } from './options.js'
import { logOf, makeSubject, runOnce, type Subject } from './subject.js'

// Two legs: a provider that answers every create, and one that loses every third answer after it accepted the batch.
const LEGS = [
  { name: 'every answer comes', faults: [] },
  {
    name: 'every third create answer is lost',
    faults: [{ op: 'create', loseResponse: true, everyNth: 3 }],
  },
] as const

const KILLS_PER_RUN = 5

interface Total {
  kills: number
  runs: number
  billedTwice: number
  lost: number
  broken: number
}

// Instants of kills are repeatable as far as processes are: the same seed draws the same delays.
function drawer(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32
  }
}

async function runLeg(
  leg: (typeof LEGS)[number],
  kills: number,
  options: KillOptions,
  total: Total,
): Promise<void> {
  const draw = drawer(options.seed * 31 + leg.faults.length)
  let left = kills
  let usualMs = 0
  while (left > 0) {
    const folder = mkdtempSync(join(tmpdir(), 'halfrate-killtest-'))
    const emulator = await startEmulatorChild({
      ...options,
      folder,
      faults: leg.faults,
      seed: options.seed + total.runs,
    })
    try {
      if (usualMs === 0) usualMs = await timeOf(subjectIn(join(folder, 'first'), emulator, options))
      const subject = subjectIn(join(folder, 'killed'), emulator, options)
      const done = await killedRun(subject, {
        kills: Math.min(left, KILLS_PER_RUN),
        usualMs,
        draw,
        total,
      })
      left -= done
      // A run that ended before it could be killed says that kills should come sooner.
      if (done === 0) usualMs *= 0.7
      const verdict = await judge(subject, emulator.url, options.rows)
      total.runs += 1
      total.billedTwice += verdict.billedTwice
      total.lost += verdict.lost
      total.broken += verdict.isWhole ? 0 : 1
      if (verdict.problems.length > 0) return complain(subject, verdict.problems)
    } finally {
      emulator.end()
    }
    rmSync(folder, { recursive: true, force: true })
  }
}

function subjectIn(folder: string, emulator: EmulatorChild, options: KillOptions): Subject {
  mkdirSync(folder, { recursive: true })
  return makeSubject({
    folder,
    rows: options.rows,
    url: emulator.url,
    startLine: emulator.startLine,
  })
}

// How long a run takes when nobody kills it, so that kills fall anywhere in it.
async function timeOf(subject: Subject): Promise<number> {
  const startedAt = performance.now()
  const end = await runOnce(subject, null)
  if (end.type !== 'exited' || end.code !== 0) {
    complain(subject, ['a run that nobody killed did not end with exit code 0'])
    process.exit(1)
  }
  return performance.now() - startedAt
}

async function killedRun(
  subject: Subject,
  params: { kills: number; usualMs: number; draw: () => number; total: Total },
): Promise<number> {
  let kills = 0
  while (kills < params.kills) {
    const end = await runOnce(subject, 60 + params.draw() * params.usualMs)
    if (end.type === 'exited') break
    kills += 1
    params.total.kills += 1
  }
  await runOnce(subject, null)
  return kills
}

function complain(subject: Subject, problems: readonly string[]): void {
  console.error(`${subject.folder} is kept. What is wrong:`)
  for (const problem of problems.slice(0, 20)) console.error(`  ${problem}`)
  console.error(`The last lines of its log:\n${logOf(subject).split('\n').slice(-25).join('\n')}`)
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2))
  const startedAt = performance.now()
  const total: Total = { kills: 0, runs: 0, billedTwice: 0, lost: 0, broken: 0 }
  for (const [index, leg] of LEGS.entries()) {
    const kills = index === 0 ? Math.ceil(options.kills / 2) : Math.floor(options.kills / 2)
    await runLeg(leg, kills, options, total)
    console.error(`${leg.name}: ${total.kills} kills in ${total.runs} runs so far`)
  }
  const ms = Math.round(performance.now() - startedAt)
  const { kills, runs, billedTwice, lost, broken } = total
  console.log(
    `kills=${kills} runs=${runs} billed_twice=${billedTwice} lost=${lost} broken_stores=${broken} ms=${ms}`,
  )
  return billedTwice + lost + broken === 0 ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  const text = error instanceof HalfrateError ? `${error.message} ${error.nextStep}` : String(error)
  console.error(text)
  process.exitCode = 1
}
