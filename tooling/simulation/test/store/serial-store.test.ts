import type { Store } from '@halfrate/core'
import { describe, expect, it } from 'vitest'
import { Draw } from '../../src/chance/draw.js'
import { serialStore } from '../../src/store/serial-store.js'
import { Scheduler } from '../../src/time/scheduler.js'

/** A store whose calls are answered by another process, the first of them last. */
function slowStore(seen: string[]): Store {
  let turns = 60
  const call = (name: string) => async (): Promise<string> => {
    turns -= 20
    for (let left = turns; left > 0; left -= 1) await new Promise(setImmediate)
    seen.push(name)
    return name
  }
  return { traits: 'traits', now: call('now'), sweep: call('sweep') } as unknown as Store
}

describe('a store in another process', () => {
  it('makes its calls one after another, and gives the rest as it is', async () => {
    const seen: string[] = []
    const { store, underWay } = serialStore(slowStore(seen))
    const both = Promise.all([store.now(), store.sweep()])
    expect(underWay?.()).not.toBe(null)
    await both
    expect(seen).toEqual(['now', 'sweep'])
    expect(underWay?.()).toBe(null)
    expect(store.traits).toBe('traits')
  })

  it('is waited for before time moves on, with all that its answers set off', async () => {
    const seen: string[] = []
    const scheduler = new Scheduler(0, new Draw(1, 'order'))
    const { store, underWay } = serialStore(slowStore(seen))
    if (underWay !== undefined) scheduler.waitFor(underWay)
    scheduler.after(10, () => {
      void store.now().then(() => store.sweep())
    })
    scheduler.after(20, () => void seen.push(`at ${scheduler.now}`))
    await scheduler.run({ isOver: () => false, until: 1_000, maxEvents: 10 })
    expect(seen).toEqual(['now', 'sweep', 'at 20'])
  })
})
