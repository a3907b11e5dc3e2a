import { HalfrateError } from '@halfrate/core'
import { startPostgres } from '@halfrate/postgres-server'
import { Draw } from '../chance/draw.js'
import { realMs } from '../real-time.js'
import { runWithKills } from './kill-run.js'
import { type KillTestOptions, parseKillTestOptions } from './options.js'

// More kills in one run than this and hardly any of them meets work under way.
const KILLS_PER_RUN = 5

/** Kills the real command again and again, half of the time with a provider that loses answers. */
async function killTest(options: KillTestOptions): Promise<boolean> {
  if (options.storeKind === 'sqlite') return await killRuns(options, () => null)
  const server = await startPostgres()
  try {
    return await killRuns(options, (run) => `${server.url}?schema=run_${run}`)
  } finally {
    await server.stop()
  }
}

async function killRuns(
  { kills, seed }: KillTestOptions,
  sharedStore: (run: number) => string | null,
): Promise<boolean> {
  const startedMs = realMs()
  const sums = { kills: 0, runs: 0, starts: 0, billedTwice: 0, lost: 0, problems: 0 }
  while (sums.kills < kills) {
    sums.runs += 1
    const report = await runWithKills({
      kills: Math.min(KILLS_PER_RUN, kills - sums.kills),
      losesAnswers: sums.runs % 2 === 0,
      draw: new Draw(seed, `kills ${sums.runs}`),
      sharedStore: sharedStore(sums.runs),
    })
    sums.kills += report.kills
    sums.starts += report.starts
    sums.billedTwice += report.billedTwice
    sums.lost += report.lost
    sums.problems += report.problems.length
    for (const problem of report.problems) print(`run ${sums.runs}: ${problem}`)
  }
  const ms = Math.round(realMs() - startedMs)
  print(
    `kills=${sums.kills} runs=${sums.runs} starts=${sums.starts} billed_twice=${sums.billedTwice} lost=${sums.lost} problems=${sums.problems} ms=${ms}`,
  )
  return sums.billedTwice + sums.lost + sums.problems === 0
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

try {
  process.exitCode = (await killTest(parseKillTestOptions(process.argv.slice(2)))) ? 0 : 1
} catch (error) {
  if (!(error instanceof HalfrateError)) throw error
  process.stderr.write(`${error.message} ${error.nextStep}\n`)
  process.exitCode = 1
}
