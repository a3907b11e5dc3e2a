import type { AfterAbsence } from '@halfrate/core'
import { describe, expect, it } from 'vitest'
import { runSeed, type SeedReport } from '../src/index.js'

async function reports(afterAbsence: AfterAbsence, count: number): Promise<readonly SeedReport[]> {
  const all: SeedReport[] = []
  for (let seed = 1; seed <= count; seed += 1) {
    all.push(await runSeed({ seed, storeKind: 'memory', restore: { afterAbsence } }))
  }
  return all
}

function violationsIn(all: readonly SeedReport[]): readonly string[] {
  return all.flatMap(({ seed, violations }) =>
    violations.map(({ invariant, message }) => `seed ${seed} ${invariant}: ${message}`),
  )
}

describe('a run in which a backup is put back', () => {
  it('pays nothing twice within the assumptions when workers wait, in 40 seeds', async () => {
    const all = await reports('wait', 40)
    expect(violationsIn(all)).toEqual([])
    const within = all.filter(({ isWithin }) => isWithin)
    expect(within.map(({ duplicates }) => duplicates)).toEqual(within.map(() => 0))
    expect(sum(within, 'imported')).toBeGreaterThan(5)
    expect(sum(within, 'forgotten')).toBeGreaterThan(5)
  }, 120_000)

  it('books and reports what is paid twice when they do not, in 20 seeds', async () => {
    const all = await reports('send', 20)
    expect(violationsIn(all)).toEqual([])
    expect(sum(all, 'imported')).toBeGreaterThan(2)
    expect(all.reduce((total, { duplicates }) => total + duplicates, 0)).toBeGreaterThan(0)
  }, 120_000)

  it('does so on SQLite too, whose file is put back, and goes the same way again', async () => {
    const all: SeedReport[] = []
    for (const seed of [6, 15, 16, 16]) {
      const restore = { afterAbsence: 'wait' } as const
      all.push(await runSeed({ seed, storeKind: 'sqlite', restore }))
    }
    expect(violationsIn(all)).toEqual([])
    expect(sum(all, 'imported')).toBeGreaterThan(0)
    expect(sum(all, 'forgotten')).toBeGreaterThan(0)
    expect(all.at(-1)).toEqual(all.at(-2))
  }, 120_000)

  it('comes up by itself in some seeds, and not when it is left out', async () => {
    let seed = 1
    let report = await runSeed({ seed, storeKind: 'memory' })
    while (report.restore === null) {
      seed += 1
      report = await runSeed({ seed, storeKind: 'memory' })
    }
    expect(report.faultTrace.some(({ kind }) => kind === 'restored')).toBe(true)
    const without = await runSeed({ seed, storeKind: 'memory', without: ['restored'] })
    expect(without.restore).toBeNull()
  }, 120_000)
})

function sum(all: readonly SeedReport[], name: 'imported' | 'forgotten'): number {
  return all.reduce((total, { restore }) => total + (restore?.[name] ?? 0), 0)
}
