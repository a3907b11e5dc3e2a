import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { COMPARISONS, type Comparison, type Server } from './comparisons.js'
import { type RunningServers, startServers } from './servers.js'
import type { SideFigures } from './side.js'

const RUNS = 5
const RUNNER = fileURLToPath(new URL('./run-side.js', import.meta.url))

interface Measured {
  readonly comparison: Comparison
  readonly oursMs: number
  readonly baselineMs: number
  readonly ratio: number
  readonly peakBytes: number
  readonly baselinePeakBytes: number
  readonly reached: boolean
}

// A B A B …, so that a machine whose speed drifts slows both sides alike; medians are what is quoted.
function measure(comparison: Comparison): Measured {
  const ours: SideFigures[] = []
  const baseline: SideFigures[] = []
  runOurs(comparison)
  runSide(comparison.baseline)
  for (let run = 0; run < (comparison.runs ?? RUNS); run += 1) {
    ours.push(runOurs(comparison))
    baseline.push(runSide(comparison.baseline))
  }
  const oursMs = median(ours.map((figures) => figures.ms))
  const baselineMs = median(baseline.map((figures) => figures.ms))
  const ratio = comparison.kind === 'rate' ? baselineMs / oursMs : oursMs / baselineMs
  const peakBytes = Math.max(...ours.map((figures) => figures.peakBytes))
  const isFast = comparison.kind === 'rate' ? ratio >= comparison.floor : ratio <= comparison.floor
  return {
    comparison,
    oursMs,
    baselineMs,
    ratio,
    peakBytes,
    baselinePeakBytes: Math.max(...baseline.map((figures) => figures.peakBytes)),
    reached: isFast && peakBytes <= (comparison.maxPeakBytes ?? Number.POSITIVE_INFINITY),
  }
}

function runOurs(comparison: Comparison): SideFigures {
  if (comparison.prepare !== undefined) runSide(comparison.prepare)
  return runSide(comparison.ours)
}

function runSide(name: string): SideFigures {
  const child = spawnSync(process.execPath, [RUNNER, name], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  if (child.status !== 0) {
    console.error(`${name} failed:\n${child.stderr || child.stdout}`)
    process.exit(1)
  }
  return JSON.parse(child.stdout.trim().split('\n').at(-1) ?? '') as SideFigures
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

function report(row: Measured): void {
  const { comparison } = row
  const bound = comparison.kind === 'rate' ? '>=' : '<='
  const memory = `${megabytes(row.peakBytes)} MB (baseline ${megabytes(row.baselinePeakBytes)} MB)`
  console.log(`\n${comparison.name}  ${comparison.what}`)
  console.log(`    ${comparison.method}`)
  console.log(
    `    ours ${row.oursMs.toFixed(0)} ms, baseline ${row.baselineMs.toFixed(0)} ms, ratio ${row.ratio.toFixed(2)} (floor ${bound} ${comparison.floor}), peak ${memory}: ${row.reached ? 'reached' : 'NOT REACHED'}`,
  )
}

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(0)
}

function isServed(needs: readonly Server[] | undefined, servers: RunningServers): boolean {
  return (needs ?? []).every((server) => servers.running.has(server))
}

function measureAndReport(comparison: Comparison): Measured {
  const row = measure(comparison)
  report(row)
  return row
}

const wanted = process.argv.slice(2).filter((argument) => argument !== '--')
const unknown = wanted.filter((name) => !COMPARISONS.some((each) => each.name === name))
if (unknown.length > 0) {
  const known = [...new Set(COMPARISONS.map((each) => each.name))].join(', ')
  console.error(
    `Unknown figure: ${unknown.join(', ')}. Expected some of ${known}, or none for all.`,
  )
  process.exit(2)
}
const cores = cpus()
console.log(
  `Node ${process.versions.node}, ${cores.length} cores (${cores[0]?.model ?? 'unknown'}), each side in its own process, one warm-up, then ${RUNS} runs alternating; medians. Trust the ratios, not the rates.`,
)
const chosen = COMPARISONS.filter((each) => wanted.length === 0 || wanted.includes(each.name))
const servers = await startServers(new Set(chosen.flatMap(({ needs }) => needs ?? [])))
const rows = chosen.filter(({ needs }) => isServed(needs, servers)).map(measureAndReport)
await servers.stop()
const figures = rows.map((row) => `${row.comparison.name}=${row.ratio.toFixed(2)}`).join(' ')
console.log(`\n${figures} reached=${rows.filter((row) => row.reached).length}/${rows.length}`)
process.exit(rows.every((row) => row.reached) ? 0 : 1)
