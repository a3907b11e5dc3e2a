import { MemoryStore } from '@halfrate/core/memory'
import { expect, test } from 'vitest'
import { ManualClock, testDigest } from '../src/index.js'
import { operatingThemes } from '../src/store/describe-operating.js'
import { Scene } from '../src/store/scene.js'
import { storeThemes } from '../src/store/store-themes.js'
import { violationsOf } from '../src/store/violations-of.js'

const cases = storeThemes.flatMap(([, inTheme]) => inTheme)
const operatingCases = operatingThemes.flatMap(([, inTheme]) => inTheme)

test('every case has a name of its own, by which it can be skipped', () => {
  expect(new Set(cases.map((each) => each.name)).size).toBe(cases.length)
})

test('the suites call every method of the ports', async () => {
  const called = new Set<PropertyKey>()
  const watched = (store: MemoryStore): MemoryStore =>
    new Proxy(store, {
      get(target, name) {
        called.add(name)
        const member: unknown = Reflect.get(target, name)
        return typeof member === 'function' ? member.bind(target) : member
      },
    })
  for (const each of cases.filter((candidate) => candidate.needsReopen !== true)) {
    const clock = new ManualClock()
    const store = watched(new MemoryStore({ now: clock.now, pageLimit: 100, digest: testDigest }))
    await each.run(new Scene({ store, clock, reopen: null }))
    expect(await violationsOf(store)).toEqual([])
    await store.shutdown()
  }
  for (const each of operatingCases) {
    const clock = new ManualClock()
    const store = watched(new MemoryStore({ now: clock.now, pageLimit: 100, digest: testDigest }))
    await each.run(new Scene({ store, clock, reopen: null }), store)
  }
  const methods = Object.getOwnPropertyNames(MemoryStore.prototype)
  const own = ['constructor', 'snapshot']
  expect(methods.filter((name) => !own.includes(name) && !called.has(name))).toEqual([])
})
