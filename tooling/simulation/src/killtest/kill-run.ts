import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseCustomId } from '@halfrate/core'
import type { Draw } from '../chance/draw.js'
import { runCli } from './cli-process.js'
import { type BilledRow, EmulatorProcess } from './emulator-process.js'

/** What a run with kills in it came to. */
export interface KillRunReport {
  /** Times that the command was really killed; it may have ended before. */
  readonly kills: number
  /** Times that the command was started. */
  readonly starts: number
  /** Rows that were paid for more than once. */
  readonly billedTwice: number
  /** Rows of the input without a paid answer in the output. */
  readonly lost: number
  /** What went wrong besides, for people. */
  readonly problems: readonly string[]
}

const ROWS = 60
const BATCH_SIZE = 5
// From before the process has read its input to long after its last batch has ended.
const KILL_FROM_MS = 150
const KILL_TO_MS = 3_000

/** Runs one job through so many kills, each at a drawn instant, lets it end, and asks the provider what it billed. */
export async function runWithKills(params: {
  readonly kills: number
  readonly losesAnswers: boolean
  readonly draw: Draw
  /** The URL of an empty store that takes many workers; null for a file of this run. */
  readonly sharedStore: string | null
}): Promise<KillRunReport> {
  const { draw } = params
  const folder = await mkdtemp(join(tmpdir(), 'halfrate-killtest-'))
  const emulator = await EmulatorProcess.start({
    seed: draw.whole(1, 1_000_000),
    losesAnswers: params.losesAnswers,
  })
  try {
    const paths = pathsIn(folder, params.sharedStore)
    await writeFile(paths.input, inputLines(ROWS))
    const args = runArgs(paths, emulator)
    let kills = 0
    let starts = 0
    for (let planned = 0; planned < params.kills; planned += 1) {
      const commands = params.sharedStore === null ? [args] : [args, ...workers(paths, emulator)]
      starts += commands.length
      const ends = await Promise.all(
        commands.map((command) => runCli(command, draw.logWhole(KILL_FROM_MS, KILL_TO_MS))),
      )
      kills += ends.filter(({ code }) => code === null).length
    }
    const end = await runCli(args, null)
    const check = await runCli(['verify', '--store', paths.store, '--clock', emulator.clock], null)
    const problems = [
      ...(end.code === 0 ? [] : [`run ended with ${end.code}: ${end.said}`]),
      ...(check.code === 0 ? [] : [`verify ended with ${check.code}: ${check.said}`]),
    ]
    const billedTwice = doubled(await emulator.billed())
    const rows = await outputRows(paths.output)
    if (!isInInputOrder(rows))
      problems.push('the rows of the output are not those of the input in its order')
    return { kills, starts: starts + 1, billedTwice, lost: lostRows(rows), problems }
  } finally {
    await emulator.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

interface Paths {
  readonly input: string
  readonly output: string
  readonly store: string
}

function pathsIn(folder: string, sharedStore: string | null): Paths {
  return {
    input: join(folder, 'requests.jsonl'),
    output: join(folder, 'results.jsonl'),
    store: sharedStore ?? join(folder, 'halfrate.db'),
  }
}

function runArgs(paths: Paths, emulator: EmulatorProcess): readonly string[] {
  return [
    ...['run', paths.input, '-o', paths.output, '--store', paths.store],
    ...['--base-url', emulator.url, '--clock', emulator.clock],
    ...['--batch-size', String(BATCH_SIZE)],
  ]
}

const WORKERS = 2

function workers(paths: Paths, emulator: EmulatorProcess): readonly (readonly string[])[] {
  const place = ['--store', paths.store, '--base-url', emulator.url, '--clock', emulator.clock]
  return Array.from({ length: WORKERS }, () => ['work', ...place])
}

function inputLines(rows: number): string {
  const lines = Array.from({ length: rows }, (_, index) => {
    const messages = [{ role: 'user', content: `Claim ${index + 1}: the roof leaks.` }]
    const params = { model: 'claude-haiku-4-5', max_tokens: 300, messages }
    return `${JSON.stringify({ custom_id: `row-${index + 1}`, params })}\n`
  })
  return lines.join('')
}

function doubled(billed: readonly BilledRow[]): number {
  const seen = new Set<number>()
  let twice = 0
  for (const { custom_id } of billed) {
    const requestId = parseCustomId(custom_id)?.requestId ?? -1
    if (seen.has(requestId)) twice += 1
    seen.add(requestId)
  }
  return twice
}

interface OutputRow {
  readonly key: string
  readonly status: string
}

async function outputRows(output: string): Promise<readonly OutputRow[]> {
  const text = await readFile(output, 'utf8').catch(() => '')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as OutputRow)
}

function lostRows(rows: readonly OutputRow[]): number {
  const answered = rows.filter(({ status }) => status === 'succeeded')
  return ROWS - new Set(answered.map(({ key }) => key)).size
}

function isInInputOrder(rows: readonly OutputRow[]): boolean {
  return rows.length === ROWS && rows.every(({ key }, index) => key === `row-${index + 1}`)
}
