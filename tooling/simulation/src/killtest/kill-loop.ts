import { type RunningPostgres, startPostgres } from '@halfrate/postgres-server'
import { Draw } from '../chance/draw.js'
import { realMs } from '../real-time.js'
import { cleanCommit } from '../tally/clean-commit.js'
import {
  addKillBlock,
  type KillBlock,
  type KillSums,
  killSumsOf,
  noKillSums,
  openKillTally,
} from '../tally/kill-tally.js'
import type { TallyFile } from '../tally/tally-file.js'
import { killReportLines } from './kill-report.js'
import { runWithKills } from './kill-run.js'
import type { KillTestOptions } from './options.js'
import { printKillTally } from './print-kill-tally.js'

// More kills in one run than this and hardly any of them meets work under way.
const KILLS_PER_RUN = 7

/**
 * Runs jobs through disasters until so many kills have struck, those that a file of sums knows of included. Answers
 * whether nothing was lost, doubled or wrong.
 *
 * @throws {ConfigError} when the file is of another commit, or its runs are other ones.
 */
export async function killLoop(
  options: KillTestOptions,
  print: (line: string) => void,
): Promise<boolean> {
  const { tally } = options
  if (tally === null) {
    const sums = await withServer(options, (server) => loop(options, { server, print, file: null }))
    for (const line of killReportLines({ ...options, commit: null }, sums)) print(line)
    return sums.billedTwice + sums.lost + sums.problems === 0
  }
  using file = openKillTally(tally, options, cleanCommit())
  await withServer(options, (server) => loop(options, { server, print, file }))
  return printKillTally(tally, print)
}

async function withServer<T>(
  { storeKind }: KillTestOptions,
  work: (server: RunningPostgres | null) => Promise<T>,
): Promise<T> {
  if (storeKind !== 'postgres') return await work(null)
  const server = await startPostgres()
  try {
    return await work(server)
  } finally {
    await server.stop()
  }
}

async function loop(
  options: KillTestOptions,
  place: {
    readonly server: RunningPostgres | null
    readonly print: (line: string) => void
    readonly file: TallyFile<KillBlock> | null
  },
): Promise<KillSums> {
  const { kills, seed, workers } = options
  const { server, print, file } = place
  const sums = file === null ? noKillSums() : killSumsOf(file.blocks)
  while (sums.struck.kill < kills) {
    const startedMs = realMs()
    const run = sums.runs + 1
    const report = await runWithKills({
      kills: Math.min(KILLS_PER_RUN, kills - sums.struck.kill),
      losesAnswers: run % 2 === 0,
      draw: new Draw(seed, `disasters ${run}`),
      workers,
      shared: server === null ? null : { server, schema: `run_${run}` },
    })
    const block = { run, report, ms: Math.round(realMs() - startedMs) }
    file?.append(block)
    addKillBlock(sums, block)
    for (const problem of report.problems) print(`run ${run}: ${problem}`)
  }
  return sums
}
