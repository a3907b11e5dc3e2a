import { describe, expect, test } from 'vitest'
import type { LoadedAs } from '../../../src/engine/intake-load.js'
import { DEFAULT_PROJECT } from '../../../src/model/ids.js'
import type { IntakeRow } from '../../../src/ports/store-intake.js'
import { errorOf, listed, load, rowOf, rows, storedCount, WatchedStore } from './arrange.js'

class Declined extends Error {}

const decline = async () => {
  throw new Declined()
}

const jobOf = (store: WatchedStore) => store.findJob({ project: DEFAULT_PROJECT, name: 'notes' })

describe('asking before a load is accepted', () => {
  test('happens once, when every row is stored and none is accepted', async () => {
    const store = new WatchedStore()
    const asked: unknown[] = []
    await load(store, rows(250), {
      beforeCommit: async (counts) => {
        asked.push({ counts, job: await jobOf(store), stored: storedCount(store) })
      },
    })
    expect(asked).toEqual([
      {
        counts: { rows: 250, new: 250, same: 0, changed: 0 },
        job: expect.objectContaining({ openPart: 1, committedPart: 0 }),
        stored: 250,
      },
    ])
  })

  test('leaves nothing behind when it throws, and the same input is taken whole the next time', async () => {
    const store = new WatchedStore()
    expect(await errorOf(load(store, rows(250), { beforeCommit: decline }))).toBeInstanceOf(
      Declined,
    )
    expect(storedCount(store)).toBe(0)
    expect(await jobOf(store)).toMatchObject({ committedPart: 0, rowCount: 0 })
    const { counts } = await load(store, rows(250))
    expect(counts).toEqual({ rows: 250, new: 250, same: 0, changed: 0 })
  })

  test('leaves what was accepted before as it was', async () => {
    const store = new WatchedStore()
    await load(store, rows(150))
    const edited = rows(200).with(6, rowOf('k7', 7, 'edited'))
    const options = { onConflict: 'supersede', beforeCommit: decline } as const
    await errorOf(load(store, edited, options))
    expect(storedCount(store)).toBe(150)
    expect(await listed(store)).toEqual(rows(150).map(({ key }) => key))
    const { counts } = await load(store, rows(150))
    expect(counts).toEqual({ rows: 150, new: 0, same: 150, changed: 0 })
  })

  test('is not asked about an input that is refused', async () => {
    const store = new WatchedStore()
    await load(store, rows(3))
    const edited = rows(3).with(0, rowOf('k1', 1, 'edited'))
    const asked = async () => expect.unreachable('it was asked')
    await errorOf(load(store, edited, { beforeCommit: asked }))
    await errorOf(load(store, [...rows(3), rowOf('k1', 4)], { beforeCommit: asked }))
    await errorOf(load(store, [], { beforeCommit: asked }))
  })
})

describe('telling what became of each row', () => {
  const watch = () => {
    const told: [string, LoadedAs][] = []
    return { told, onStored: ({ key }: IntakeRow, as: LoadedAs) => void told.push([key, as]) }
  }

  test('says which are new, there already, or kept as they were', async () => {
    const store = new WatchedStore()
    await load(store, rows(2))
    const { told, onStored } = watch()
    const input = [rowOf('k1', 1), rowOf('k2', 2, 'edited'), rowOf('k3', 3)]
    const { counts } = await load(store, input, { onConflict: 'keep', onStored })
    expect(told).toEqual([
      ['k1', 'same'],
      ['k2', 'changed'],
      ['k3', 'new'],
    ])
    expect(counts).toMatchObject({ new: 1, same: 1, changed: 1 })
  })

  test('calls those new that supersede others, and those of a load that was cut off', async () => {
    const store = new WatchedStore()
    await load(store, rows(1))
    const { told, onStored } = watch()
    await load(store, [rowOf('k1', 1, 'edited')], { onConflict: 'supersede', onStored })
    expect(told).toEqual([['k1', 'new']])
    const other = new WatchedStore()
    other.cutAt(1)
    await errorOf(load(other, rows(150)))
    other.heal()
    const resumed = watch()
    await load(other, rows(150), { onStored: resumed.onStored })
    expect(resumed.told).toEqual(rows(150).map(({ key }) => [key, 'new']))
  })
})
