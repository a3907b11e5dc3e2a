import { describe, expect, it } from 'vitest'
import { type RestoreReport, runRestoreSeed } from '../src/index.js'

async function reports(
  afterAbsence: 'send' | 'wait',
  count: number,
): Promise<readonly RestoreReport[]> {
  const all: RestoreReport[] = []
  for (let seed = 1; seed <= count; seed += 1) all.push(await runRestoreSeed(seed, afterAbsence))
  return all
}

function violationsIn(all: readonly RestoreReport[]): readonly string[] {
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
    expect(sum(all, 'duplicates')).toBeGreaterThan(0)
  }, 120_000)
})

function sum(all: readonly RestoreReport[], name: 'imported' | 'forgotten' | 'duplicates'): number {
  return all.reduce((total, report) => total + report[name], 0)
}
