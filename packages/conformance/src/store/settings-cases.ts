import { expect } from 'vitest'
import type { StoreCase } from './store-case.js'

const name = { scope: 'project:acme', name: 'queue:nightly' }

/** Versioned documents. */
export const settingsCases: readonly StoreCase[] = [
  {
    name: 'a document that nobody wrote is not there',
    run: async (scene) => {
      expect(await scene.store.getSetting(name)).toBeNull()
    },
  },
  {
    name: 'a document is written against the version that was read',
    run: async (scene) => {
      const { store } = scene
      const first = await store.putSetting({ ...name, value: { a: 1 }, ifVersion: null })
      expect(first).toEqual({ value: { a: 1 }, version: 1 })
      expect(await store.putSetting({ ...name, value: 'lost', ifVersion: null })).toBeNull()
      expect(await store.putSetting({ ...name, value: 'lost', ifVersion: 2 })).toBeNull()
      const second = await store.putSetting({ ...name, value: [2], ifVersion: 1 })
      expect(second).toEqual({ value: [2], version: 2 })
      expect(await store.getSetting(name)).toEqual(second)
    },
  },
  {
    name: 'a version can be asked for only where there is a document',
    run: async (scene) => {
      expect(await scene.store.putSetting({ ...name, value: 1, ifVersion: 1 })).toBeNull()
      expect(await scene.store.getSetting(name)).toBeNull()
    },
  },
  {
    name: 'of two that write at once one wins',
    run: async (scene) => {
      const write = (value: number): Promise<unknown> =>
        scene.store.putSetting({ ...name, value, ifVersion: null })
      const answers = await Promise.all([write(1), write(2)])
      expect(answers.filter((answer) => answer !== null)).toHaveLength(1)
    },
  },
  {
    name: 'scopes and names are told apart',
    run: async (scene) => {
      const { store } = scene
      await store.putSetting({ scope: 'a', name: 'b', value: 1, ifVersion: null })
      expect(await store.getSetting({ scope: 'a', name: 'B' })).toBeNull()
      expect(await store.getSetting({ scope: 'ab', name: '' })).toBeNull()
      expect(await store.getSetting({ scope: 'b', name: 'a' })).toBeNull()
    },
  },
  {
    name: 'any JSON comes back as it was, null and 0 and the empty text among it',
    run: async (scene) => {
      const values = [null, 0, '', false, [], {}, [null, { deep: [[{ x: -1.5e-7 }]] }], 'ü😀\u0000']
      let ifVersion: number | null = null
      for (const value of values) {
        const written = await scene.store.putSetting({ ...name, value, ifVersion })
        expect(written?.value).toEqual(value)
        expect((await scene.store.getSetting(name))?.value).toEqual(value)
        ifVersion = written?.version ?? null
      }
    },
  },
  {
    name: 'changing a document that was handed out or in changes nothing in the store',
    run: async (scene) => {
      const value = { list: [1] }
      await scene.store.putSetting({ ...name, value, ifVersion: null })
      value.list.push(2)
      const read = await scene.store.getSetting(name)
      expect(read?.value).toEqual({ list: [1] })
      // A store may hand out what can't be changed at all; then this answers false.
      Reflect.set(read?.value as object, 'list', 'changed')
      expect((await scene.store.getSetting(name))?.value).toEqual({ list: [1] })
    },
  },
]
