import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { describeStore, testDigest } from '@halfrate/conformance'
import type { Store } from '@halfrate/core'
import { type MemorySnapshot, MemoryStore } from '@halfrate/core/memory'
import { afterAll } from 'vitest'

// A store of a user's own: everything in one file, which is written again after every call.
const folder = mkdtempSync(join(tmpdir(), 'own-store-'))
const files = new WeakMap<Store, string>()
let made = 0

function openFileStore(file: string, now: () => number): Store {
  const options = { now, pageLimit: 100, digest: testDigest }
  const memory = existsSync(file)
    ? MemoryStore.from(deserialize(readFileSync(file)) as MemorySnapshot, options)
    : new MemoryStore(options)
  const store = new Proxy<Store>(memory, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target)
      if (typeof member !== 'function') return member
      return async (...args: unknown[]) => {
        const answer: unknown = await Reflect.apply(member, target, args)
        if (name !== 'shutdown') writeFileSync(file, serialize(memory.snapshot()))
        return answer
      }
    },
  })
  files.set(store, file)
  return store
}

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describeStore('a store in one file', {
  open: async (clock) => {
    made += 1
    return openFileStore(join(folder, `${made}.bin`), clock.now)
  },
  reopen: async (store, clock) => {
    await store.shutdown()
    return openFileStore(files.get(store) ?? '', clock.now)
  },
})
