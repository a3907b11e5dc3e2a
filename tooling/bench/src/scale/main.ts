import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { HalfrateError, InvariantError } from '@halfrate/core'
import { startServers } from '../servers.js'
import { judgeScale, type Measured, megabytes, type ScaleRun } from './judge-scale.js'
import { parseScaleOptions, type ScaleOptions } from './options.js'
import { PHASES, type Phase } from './phases.js'
import type { StoreKind } from './scale-store.js'

const RUNNER = fileURLToPath(new URL('./run-phase.js', import.meta.url))
const NAMES = { sqlite: 'SQLite', postgres: 'PostgreSQL' }

function runAll(kind: StoreKind, count: number): ScaleRun {
  console.log(`\n${count} requests`)
  const rows = PHASES.map((phase) => [phase, measured(phase, kind, count)] as const)
  return Object.fromEntries(rows) as ScaleRun
}

function measured(phase: Phase, kind: StoreKind, count: number): Measured {
  const args = [RUNNER, phase, kind, String(count)]
  const child = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (child.status !== 0) {
    const how = child.status ?? child.signal
    throw new InvariantError(`${phase} ended with ${how}: ${child.stderr || child.stdout}`)
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

async function runScale({ rows, kind }: ScaleOptions): Promise<boolean> {
  const cores = cpus()
  console.log(
    `Node ${process.versions.node}, ${cores.length} cores (${cores[0]?.model ?? 'unknown'}). ${NAMES[kind]}, bodies of 200 B, keys by chance, results of 300 B; each phase in its own process, once. A run of a tenth, then the whole.`,
  )
  const servers = await startServers(new Set(kind === 'postgres' ? ['postgres'] : []))
  try {
    const small = runAll(kind, rows / 10)
    const verdicts = judgeScale({ kind, rows }, small, runAll(kind, rows))
    console.log('')
    for (const { name, text, isReached } of verdicts) {
      console.log(`${name}  ${text}: ${isReached ? 'reached' : 'NOT REACHED'}`)
    }
    return verdicts.every(({ isReached }) => isReached)
  } finally {
    await servers.stop()
  }
}

try {
  process.exitCode = (await runScale(parseScaleOptions(process.argv.slice(2)))) ? 0 : 1
} catch (error) {
  if (!(error instanceof HalfrateError)) throw error
  console.error(`${error.message} ${error.nextStep}`)
  process.exitCode = 2
}
