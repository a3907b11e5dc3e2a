import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { EngineEvent } from '@halfrate/core'
import { engineOn, runUntilDone, sendAtOnce } from '../engine-parts.js'
import { exportTo } from '../export-job.js'
import { benchFolder } from '../payload.js'
import { takeIn } from '../take-in.js'
import { clearDiskProvider, diskProvider } from './disk-provider.js'
import { scaleRequests } from './scale-files.js'
import { freshScaleStore, type StoreKind, sameScaleStore } from './scale-store.js'

/** What one phase measured in a process of its own. */
export interface PhaseFigures {
  /** Wall time of what counts, milliseconds; of planning it is the part of each round up to its last seal. */
  readonly ms: number
  /** How fast the last tenth was, measured in the first one's speed; only of the intake. */
  readonly lastTenth: number | null
}

/** The parts of a run, in their order; each is a process, so that each has a peak of its own. */
export const PHASES = ['prepare', 'intake', 'plan', 'collect', 'export'] as const

/** A part of a run. */
export type Phase = (typeof PHASES)[number]

const NOTHING = { ms: 0, lastTenth: null }

/** Does one phase of a run of so many requests on a store of this kind. */
export async function runPhase(
  phase: Phase,
  kind: StoreKind,
  count: number,
): Promise<PhaseFigures> {
  switch (phase) {
    case 'prepare':
      return await timed(() => scaleRequests(count))
    case 'intake':
      return await intake(kind, count)
    case 'plan':
      return await planAndSend(kind, count)
    case 'collect':
      return await timed(() => collect(kind))
    case 'export':
      return await timed(() => exportAll(kind))
  }
}

async function timed(run: () => Promise<unknown>): Promise<PhaseFigures> {
  const startedAt = performance.now()
  await run()
  return { ...NOTHING, ms: performance.now() - startedAt }
}

async function intake(kind: StoreKind, count: number): Promise<PhaseFigures> {
  clearDiskProvider()
  const path = await scaleRequests(count)
  const store = await freshScaleStore(kind)
  await sendAtOnce(store)
  const reachedAt: { readonly rows: number; readonly ms: number }[] = [{ rows: 0, ms: 0 }]
  const startedAt = performance.now()
  await takeIn(store, path, (rows) => {
    if (rows < (count * reachedAt.length) / 10) return
    reachedAt.push({ rows, ms: performance.now() - startedAt })
  })
  const ms = performance.now() - startedAt
  await store.shutdown()
  const speeds = reachedAt.slice(1).map((each, index) => {
    const before = reachedAt[index] ?? { rows: 0, ms: 0 }
    return (each.rows - before.rows) / (each.ms - before.ms)
  })
  return { ms, lastTenth: (speeds.at(-1) ?? 0) / (speeds[0] ?? 1) }
}

// A round plans before it sends: from its beginning to its last seal is planning, with its writes. It seals a few batches
// and then sends them, so a long queue takes several rounds.
async function planAndSend(kind: StoreKind, count: number): Promise<PhaseFigures> {
  const store = await sameScaleStore(kind)
  let sealedAt = 0
  let sent = 0
  const onEvent = (event: EngineEvent): void => {
    if (event.type !== 'submission_changed') return
    if (event.state === 'sealed') sealedAt = performance.now()
    if (event.state === 'in_progress') sent += event.requestCount
  }
  // Polls are due at once, so that the phase after this one need not wait.
  const engine = engineOn(store, diskProvider(), {
    observer: { onEvent },
    settings: { pollMinMs: 1 },
  })
  let ms = 0
  while (sent < count) {
    const startedAt = performance.now()
    await engine.tick()
    ms += Math.max(0, sealedAt - startedAt)
  }
  await engine.stop({ graceMs: 0 })
  await store.shutdown()
  return { ...NOTHING, ms }
}

async function collect(kind: StoreKind): Promise<void> {
  const store = await sameScaleStore(kind)
  const engine = engineOn(store, diskProvider())
  await runUntilDone(engine, store)
  await engine.stop({ graceMs: 0 })
  await store.shutdown()
}

async function exportAll(kind: StoreKind): Promise<void> {
  const store = await sameScaleStore(kind)
  const path = join(benchFolder(), 'scale-results.jsonl')
  await exportTo(store, path)
  rmSync(path)
  await store.shutdown()
}
