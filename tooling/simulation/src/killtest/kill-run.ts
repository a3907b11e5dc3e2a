import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningPostgres } from '@halfrate/postgres-server'
import type { Draw } from '../chance/draw.js'
import { realMs } from '../real-time.js'
import { type Disaster, Disasters } from './disasters.js'
import { EmulatorProcess } from './emulator-process.js'
import { type Command, endProblem, endText } from './judge-end.js'
import {
  billedTwice,
  inputLines,
  lostRows,
  moneyProblems,
  orderProblems,
  outputRows,
  type ReportedMoney,
} from './judge-run.js'
import { type CliEnd, CliProcess, KeptProcess, runCli } from './kept-process.js'
import { TcpProxy } from './tcp-proxy.js'

/** What a run with disasters in it came to. */
export interface KillRunReport {
  /** Disasters that struck, by kind; there may be fewer than were planned, if the job was done before. */
  readonly struck: Readonly<Partial<Record<Disaster, number>>>
  /** Times that the command was started. */
  readonly starts: number
  /** Rows that were paid for more than once. */
  readonly billedTwice: number
  /** Rows of the input without a paid answer in the output. */
  readonly lost: number
  /** What went wrong besides, for people. */
  readonly problems: readonly string[]
}

/** What a run is made from. */
export interface KillRunParams {
  /** `kill -9` that are due; other disasters come between them. */
  readonly kills: number
  readonly losesAnswers: boolean
  readonly draw: Draw
  /** Processes on one store: one on SQLite. */
  readonly workers: number
  /** A server and the schema of this run; null for a file of this run. */
  readonly shared: { readonly server: RunningPostgres; readonly schema: string } | null
  /** Flags of Node for every process of the command. Default: none. */
  readonly nodeArgs?: readonly string[]
}

const ROWS = 120
const BATCH_SIZE = 5
// From before a process has read its input to long after its last batch has ended.
const PAUSE_MS = [60, 1_500] as const
const GRACES = ['100ms', '1s', '4s'] as const
// With everything well: lapsed leases, the settle window, one more turnaround, and a busy machine.
const HEAL_MS = 120_000

/** Runs one job through disasters until so many kills have struck, lets it end, and asks the provider what it billed. */
export async function runWithKills(params: KillRunParams): Promise<KillRunReport> {
  const { draw, shared } = params
  const folder = await mkdtemp(join(tmpdir(), 'halfrate-killtest-'))
  const emulator = await EmulatorProcess.start({
    seed: draw.whole(1, 1_000_000),
    losesAnswers: params.losesAnswers,
  })
  const provider = await TcpProxy.start(emulator.url)
  const database = shared === null ? null : await TcpProxy.start(shared.server.url)
  try {
    const input = join(folder, 'requests.jsonl')
    await writeFile(input, inputLines(ROWS))
    const store = database === null ? join(folder, 'halfrate.db') : inSchema(database.url, shared)
    const scene = { input, output: join(folder, 'results.jsonl'), store, emulator, provider }
    const stage =
      database === null || shared === null ? null : { proxy: database, server: shared.server }
    return await play(params, scene, stage)
  } finally {
    await provider.stop()
    await database?.stop()
    await emulator.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

function inSchema(url: string, shared: KillRunParams['shared']): string {
  return `${url}?schema=${shared?.schema}`
}

interface Scene {
  readonly input: string
  readonly output: string
  readonly store: string
  readonly emulator: EmulatorProcess
  readonly provider: TcpProxy
}

async function play(
  params: KillRunParams,
  scene: Scene,
  database: ConstructorParameters<typeof Disasters>[0]['database'],
): Promise<KillRunReport> {
  const problems: string[] = []
  const { nodeArgs = [] } = params
  const workers: KeptProcess[] = []
  const disasters = new Disasters({ workers, provider: scene.provider, database }, params.draw)
  let storeMadeMs = Number.POSITIVE_INFINITY
  const onLine = (line: string): void => {
    if (line.startsWith('store ')) storeMadeMs = Math.min(storeMadeMs, realMs())
  }
  const judged = (command: Command) => (end: CliEnd) => {
    const wasDatabaseDown = disasters.struckDatabaseSince(end.startedMs)
    const wasStoreMade = storeMadeMs < end.startedMs
    const problem = endProblem(end, { command, wasDatabaseDown, wasStoreMade })
    if (problem !== null) problems.push(problem)
  }
  const run = new KeptProcess({
    args: runArgs(scene, params.draw),
    ...{ setting: { nodeArgs, onLine }, lastCodes: [0, 2], onEnd: judged('run') },
  })
  const others = Array.from({ length: params.workers - 1 }, () => {
    const args = workArgs(scene, params.draw)
    return new KeptProcess({ args, setting: { nodeArgs }, lastCodes: [], onEnd: judged('work') })
  })
  workers.push(run, ...others)
  let isDone = false
  const done = run.done.then((end) => {
    isDone = true
    return end
  })
  const struck: Partial<Record<Disaster, number>> = {}
  while (!isDone && (struck.kill ?? 0) < params.kills) {
    await Promise.race([done, sleep(params.draw.logWhole(...PAUSE_MS))])
    const disaster = isDone ? null : disasters.strike()
    if (disaster !== null) struck[disaster] = (struck[disaster] ?? 0) + 1
  }
  await disasters.heal()
  const end = await Promise.race([done, sleep(HEAL_MS, null, { ref: false })])
  if (end === null) problems.push(`the job is not done ${HEAL_MS} ms after everything was well`)
  await Promise.all(
    end === null ? workers.map((each) => each.end()) : others.map((each) => each.letGo()),
  )
  const starts = workers.reduce((sum, each) => sum + each.starts, 0)
  return { struck, starts, ...(await judge(scene, problems)) }
}

async function judge(
  { store, output, emulator }: Scene,
  problems: readonly string[],
): Promise<Pick<KillRunReport, 'billedTwice' | 'lost' | 'problems'>> {
  const check = await runCli(['verify', '--store', store, '--clock', emulator.clock])
  const rows = await outputRows(output)
  const billed = await emulator.billed()
  const twice = billedTwice(billed)
  const money = await reportedMoney(['--store', store, '--clock', emulator.clock])
  return {
    billedTwice: twice,
    lost: lostRows(rows, ROWS),
    problems: [
      ...problems,
      ...(check.code === 0 ? [] : [endText('verify', check)]),
      ...orderProblems(rows, ROWS),
      ...(twice > 0 ? [] : moneyProblems(billed, rows, money)),
    ],
  }
}

async function reportedMoney(place: readonly string[]): Promise<ReportedMoney | null> {
  let money: ReportedMoney | null = null
  const onLine = (line: string): void => {
    if (line.startsWith('{')) money = (JSON.parse(line) as { readonly all: ReportedMoney }).all
  }
  await new CliProcess(['status', '--json', ...place], { onLine }).ended
  return money
}

function runArgs(scene: Scene, draw: Draw): readonly string[] {
  const { input, output } = scene
  const size = ['--batch-size', String(BATCH_SIZE)]
  return ['run', input, '-o', output, '--yes', ...size, ...placeArgs(scene, draw)]
}

function workArgs(scene: Scene, draw: Draw): readonly string[] {
  return ['work', ...placeArgs(scene, draw)]
}

function placeArgs({ store, provider, emulator }: Scene, draw: Draw): readonly string[] {
  const place = ['--store', store, '--base-url', provider.url, '--clock', emulator.clock]
  return [...place, '--grace', draw.pick(GRACES)]
}
