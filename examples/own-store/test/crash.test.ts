import { violationsOf } from '@halfrate/conformance'
import { ConfigError, type Store, StoreForeignError, StoreUnavailableError } from '@halfrate/core'
import { expect, test, vi } from 'vitest'
import { openRedisStore } from '../src/index.js'
import { describeWithServer } from './support/describe-with-server.js'
import { KEEPS_ALL, RedisServer } from './support/redis-server.js'
import { idOf, put } from './support/steps.js'

const ROWS = 20

/** Pages of one writer, put one after another until the server is gone. */
interface Written {
  readonly acknowledged: readonly (readonly string[])[]
  /** The page whose answer did not come. */
  readonly open: readonly string[]
}

async function writeUntilGone(store: Store, name: string, onPage: () => void): Promise<Written> {
  const acknowledged: (readonly string[])[] = []
  for (let page = 0; ; page += 1) {
    const keys = Array.from({ length: ROWS }, (_, row) => `${name} ${page} ${row}`)
    try {
      await put(store, keys)
    } catch (error) {
      expect(error).toBeInstanceOf(StoreUnavailableError)
      return { acknowledged, open: keys }
    }
    acknowledged.push(keys)
    onPage()
  }
}

async function countOf(store: Store, keys: readonly string[]): Promise<number> {
  const ids = await Promise.all(keys.map((key) => idOf(store, key)))
  return ids.filter((id) => id !== null).length
}

describeWithServer('crashes', (server) => {
  test.each([1, 7, 20, 45, 90])(
    'a server killed amid writes, after %i pages, has all that it acknowledged, and pages whole or not at all',
    async (pages) => {
      const { url } = server()
      const namespace = `killed-${pages}`
      const store = await openRedisStore({ url, namespace })
      let seen = 0
      let killed: Promise<void> | null = null
      const onPage = (): void => {
        seen += 1
        if (seen === pages) killed = server().kill()
      }
      const names = ['a', 'b', 'c', 'd']
      const written = await Promise.all(names.map((name) => writeUntilGone(store, name, onPage)))
      await killed
      await store.shutdown()
      await server().start()
      const again = await openRedisStore({ url, namespace })
      for (const { acknowledged, open } of written) {
        for (const page of acknowledged) expect(await countOf(again, page)).toBe(ROWS)
        expect([0, ROWS]).toContain(await countOf(again, open))
        // What was not acknowledged may have happened, so it is simply done again.
        expect(await put(again, open)).toHaveLength(ROWS)
        expect(await countOf(again, open)).toBe(ROWS)
      }
      expect(await violationsOf(again)).toEqual([])
      await again.shutdown()
    },
  )
})

describeWithServer('a server that comes back', () => {
  test('is used again by a store that was open all the time', async () => {
    const own = await RedisServer.start()
    const store = await openRedisStore({ url: own.url })
    await put(store, ['a'])
    await own.kill()
    await expect(put(store, ['b'])).rejects.toBeInstanceOf(StoreUnavailableError)
    await own.start()
    await vi.waitFor(() => put(store, ['b']), { timeout: 30_000 })
    expect(await countOf(store, ['a', 'b'])).toBe(2)
    await store.shutdown()
    await own.remove()
  })

  test('with weaker settings is refused by a store that was open all the time', async () => {
    const own = await RedisServer.start()
    const store = await openRedisStore({ url: own.url })
    await own.kill()
    await own.start({ ...KEEPS_ALL, appendfsync: 'no' })
    const refused = vi.waitFor(
      () => expect(put(store, ['b'])).rejects.toBeInstanceOf(ConfigError),
      { timeout: 30_000 },
    )
    await refused
    await store.shutdown()
    await own.remove()
  })

  test('without its data is refused by a store that was open all the time', async () => {
    const own = await RedisServer.start()
    const store = await openRedisStore({ url: own.url })
    await put(store, ['a'])
    await own.command('FLUSHALL')
    await own.kill()
    await own.start()
    await vi.waitFor(() => expect(put(store, ['b'])).rejects.toBeInstanceOf(StoreForeignError), {
      timeout: 30_000,
    })
    await store.shutdown()
    await own.remove()
  })
})
