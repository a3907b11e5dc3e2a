import { describeOperating, describeStore, type ManualClock } from '@halfrate/conformance'
import type { OperatingStore, Store } from '@halfrate/core'
import { openRedisStore } from '../src/index.js'
import { describeWithServer } from './support/describe-with-server.js'

describeWithServer('on redis', (server) => {
  const namespaces = new WeakMap<Store, string>()
  let opened = 0

  async function openAt(namespace: string, clock: ManualClock): Promise<Store & OperatingStore> {
    const { url } = server()
    const store = await openRedisStore({ url, namespace, pageLimit: 100, now: clock.now })
    namespaces.set(store, namespace)
    return store
  }

  function openNew(clock: ManualClock): Promise<Store & OperatingStore> {
    opened += 1
    return openAt(`case-${opened}`, clock)
  }

  describeStore('own store', {
    open: openNew,
    reopen: async (store, clock) => {
      await store.shutdown()
      return openAt(namespaces.get(store) ?? 'case', clock)
    },
  })

  describeOperating('own store', { open: openNew })
})
