import { type RunningPostgres, startPostgres } from '@halfrate/postgres-server'
import { Draw } from '../chance/draw.js'
import { realMs } from '../real-time.js'
import { DISASTERS, type Disaster } from './disasters.js'
import { CLOCK_FACTOR } from './emulator-process.js'
import { type KillRunReport, runWithKills } from './kill-run.js'
import type { KillTestOptions } from './options.js'

// More kills in one run than this and hardly any of them meets work under way.
const KILLS_PER_RUN = 7

interface Sums {
  runs: number
  starts: number
  billedTwice: number
  lost: number
  problems: number
  readonly struck: Record<Disaster, number>
}

/** Runs jobs through disasters until so many kills have struck. Answers whether nothing was lost, doubled or wrong. */
export async function killLoop(
  options: KillTestOptions,
  print: (line: string) => void,
): Promise<boolean> {
  const startedMs = realMs()
  const server = options.storeKind === 'postgres' ? await startPostgres() : null
  try {
    const sums = await loop(options, server, print)
    const ms = Math.round(realMs() - startedMs)
    for (const line of reportLines(options, sums, ms)) print(line)
    return sums.billedTwice + sums.lost + sums.problems === 0
  } finally {
    await server?.stop()
  }
}

async function loop(
  options: KillTestOptions,
  server: RunningPostgres | null,
  print: (line: string) => void,
): Promise<Sums> {
  const { kills, seed, workers } = options
  const struck = Object.fromEntries(DISASTERS.map((name) => [name, 0])) as Sums['struck']
  const sums: Sums = { runs: 0, starts: 0, billedTwice: 0, lost: 0, problems: 0, struck }
  while (struck.kill < kills) {
    sums.runs += 1
    const report = await runWithKills({
      kills: Math.min(KILLS_PER_RUN, kills - struck.kill),
      losesAnswers: sums.runs % 2 === 0,
      draw: new Draw(seed, `disasters ${sums.runs}`),
      workers,
      shared: server === null ? null : { server, schema: `run_${sums.runs}` },
    })
    add(sums, report)
    for (const problem of report.problems) print(`run ${sums.runs}: ${problem}`)
  }
  return sums
}

function add(sums: Sums, report: KillRunReport): void {
  sums.starts += report.starts
  sums.billedTwice += report.billedTwice
  sums.lost += report.lost
  sums.problems += report.problems.length
  for (const name of DISASTERS) sums.struck[name] += report.struck[name] ?? 0
}

function reportLines(options: KillTestOptions, sums: Sums, ms: number): readonly string[] {
  const { storeKind, workers, seed, kills } = options
  const kinds = DISASTERS.filter((name) => sums.struck[name] > 0)
  const repeat = `npm run killtest -- --kills ${kills} --store ${storeKind} --workers ${workers} --seed ${seed}`
  return [
    `disasters by kind: ${kinds.map((name) => `${name} ${sums.struck[name]}`).join(', ')}`,
    `again: ${repeat}; with other disasters: --seed ${seed + 1}`,
    `kills=${sums.struck.kill} store=${storeKind} workers=${workers} clock_factor=${CLOCK_FACTOR} runs=${sums.runs} starts=${sums.starts} billed_twice=${sums.billedTwice} lost=${sums.lost} problems=${sums.problems} ms=${ms}`,
  ]
}
