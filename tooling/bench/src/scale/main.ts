import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { PHASES, type Phase, type PhaseFigures } from './phases.js'

const RUNNER = fileURLToPath(new URL('./run-phase.js', import.meta.url))
const DEFAULT_ROWS = 1_000_000
// T8: requests a second, and how much of the smaller run's speed; T9: of the smaller run's peak, and bytes; T10.
const FLOORS = {
  plannedPerSecond: 60_000,
  plannedFlat: 0.8,
  peakGrowth: 1.5,
  peakMb: 300,
  lastTenth: 0.5,
}

interface Measured extends PhaseFigures {
  readonly peakBytes: number
  /** How long the event loop was late, milliseconds. */
  readonly delayMs: { readonly p99: number; readonly max: number }
}

type Run = Readonly<Record<Phase, Measured>>

function runAll(count: number): Run {
  console.log(`\n${count} requests`)
  const rows = PHASES.map((phase) => [phase, measured(phase, count)] as const)
  return Object.fromEntries(rows) as Run
}

function measured(phase: Phase, count: number): Measured {
  const child = spawnSync(process.execPath, [RUNNER, phase, String(count)], { encoding: 'utf8' })
  if (child.status !== 0) {
    console.error(`${phase} failed:\n${child.stderr || child.stdout}`)
    process.exit(1)
  }
  const figures = JSON.parse(child.stdout.trim().split('\n').at(-1) ?? '') as Measured
  if (phase !== 'prepare') {
    const seconds = figures.ms / 1_000
    const rate = Math.round(count / seconds)
    console.log(
      `    ${phase.padEnd(8)}${seconds.toFixed(1).padStart(8)} s${String(rate).padStart(10)} /s   peak ${megabytes(figures)} MB   event loop late by ${Math.round(figures.delayMs.p99)} ms (p99), ${Math.round(figures.delayMs.max)} ms at most`,
    )
  }
  return figures
}

function megabytes({ peakBytes }: Measured): number {
  return Math.round(peakBytes / 1024 / 1024)
}

function isReached(name: string, text: string, reached: boolean): boolean {
  console.log(`${name}  ${text}: ${reached ? 'reached' : 'NOT REACHED'}`)
  return reached
}

function judge(small: Run, large: Run, rows: number): boolean {
  const rate = rows / (large.plan.ms / 1_000)
  const flat = rate / (rows / 10 / (small.plan.ms / 1_000))
  const measuredPhases = PHASES.filter((phase) => phase !== 'prepare')
  const growth = Math.max(
    ...measuredPhases.map((phase) => large[phase].peakBytes / small[phase].peakBytes),
  )
  const peak = Math.max(...measuredPhases.map((phase) => megabytes(large[phase])))
  const lastTenth = large.intake.lastTenth ?? 0
  const all = [
    isReached(
      'T8',
      `plan and seal: ${Math.round(rate)} requests/s (floor >= ${FLOORS.plannedPerSecond}), ${flat.toFixed(2)} of the rate at a tenth (floor >= ${FLOORS.plannedFlat})`,
      rate >= FLOORS.plannedPerSecond && flat >= FLOORS.plannedFlat,
    ),
    isReached(
      'T9',
      `peak ${peak} MB (floor <= ${FLOORS.peakMb}), ${growth.toFixed(2)} of the peak at a tenth (floor <= ${FLOORS.peakGrowth})`,
      growth <= FLOORS.peakGrowth && peak <= FLOORS.peakMb,
    ),
    isReached(
      'T10',
      `intake of the last tenth: ${lastTenth.toFixed(2)} of the speed of the first (floor >= ${FLOORS.lastTenth})`,
      lastTenth >= FLOORS.lastTenth,
    ),
  ]
  return all.every((reached) => reached)
}

const argument = process.argv.slice(2).find((each) => each !== '--')
const rows = argument === undefined ? DEFAULT_ROWS : Number(argument)
if (!Number.isSafeInteger(rows) || rows < 1_000 || rows % 10 !== 0) {
  console.error(
    `How many requests: expected a whole number of 1,000 or more that ends in 0, and got ${JSON.stringify(argument)}.`,
  )
  process.exit(2)
}
const cores = cpus()
console.log(
  `Node ${process.versions.node}, ${cores.length} cores (${cores[0]?.model ?? 'unknown'}). SQLite, bodies of 200 B, keys by chance, results of 300 B; each phase in its own process, once. A run of a tenth, then the whole.`,
)
const small = runAll(rows / 10)
const large = runAll(rows)
console.log('')
process.exit(judge(small, large, rows) ? 0 : 1)
