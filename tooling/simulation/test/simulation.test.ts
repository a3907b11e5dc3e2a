import { describe, expect, it } from 'vitest'
import { runSeed, type StoreKind } from '../src/index.js'
import { SimulationStores } from '../src/store/postgres-stores.js'
import { withServer } from '../src/store/with-server.js'

async function violationsOf(storeKind: StoreKind, from: number, count: number): Promise<string[]> {
  const found: string[] = []
  for (let seed = from; seed < from + count; seed += 1) {
    const { violations } = await runSeed({ seed, storeKind })
    found.push(
      ...violations.map(({ invariant, message }) => `seed ${seed} ${invariant}: ${message}`),
    )
  }
  return found
}

describe('a run', () => {
  it('goes the same way again for the same seed', async () => {
    const first = await runSeed({ seed: 11, storeKind: 'memory' })
    const second = await runSeed({ seed: 11, storeKind: 'memory' })
    expect(second).toEqual(first)
    expect(first.digest).not.toBe((await runSeed({ seed: 12, storeKind: 'memory' })).digest)
  })

  it('goes the same way again on SQLite', async () => {
    const first = await runSeed({ seed: 11, storeKind: 'sqlite' })
    expect(await runSeed({ seed: 11, storeKind: 'sqlite' })).toEqual(first)
  })

  it('goes the same way again on PostgreSQL, whatever ran there before', async () => {
    await withServer(['postgres'], async (serverUrl) => {
      await using stores = new SimulationStores(serverUrl, 'simulation')
      const run = (seed: number) => runSeed({ seed, storeKind: 'postgres', openStore: stores.open })
      const first = await run(3)
      const other = await run(4)
      expect([...first.violations, ...other.violations]).toEqual([])
      expect(await run(3)).toEqual(first)
    })
  }, 120_000)

  it('loses nothing and pays nothing twice in 60 seeds in memory', async () => {
    expect(await violationsOf('memory', 1, 60)).toEqual([])
  }, 60_000)

  it('loses nothing and pays nothing twice in 5 seeds on SQLite', async () => {
    expect(await violationsOf('sqlite', 1, 5)).toEqual([])
  }, 60_000)

  it('asks a person about lost answers in some seeds, who answers', async () => {
    const words: string[] = []
    for (let seed = 1; seed <= 30; seed += 1) {
      const { faultTrace } = await runSeed({ seed, storeKind: 'memory' })
      words.push(...faultTrace.filter(({ kind }) => kind === 'asked').map(({ detail }) => detail))
    }
    expect(words.filter((word) => word.endsWith('taken'))).not.toEqual([])
  }, 60_000)

  it('has things go wrong in it', async () => {
    const { faults, steps, billed } = await runSeed({ seed: 2, storeKind: 'memory' })
    expect(steps).toBeGreaterThan(50)
    expect(faults).toBeGreaterThan(0)
    expect(billed).toBeGreaterThan(0)
  })
})
