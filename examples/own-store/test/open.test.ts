import {
  ConfigError,
  StoreForeignError,
  StoreNewerError,
  StoreUnavailableError,
} from '@halfrate/core'
import { expect, test } from 'vitest'
import { openRedisStore } from '../src/index.js'
import { checkServer, FORMAT } from '../src/redis/check-server.js'
import { describeWithServer } from './support/describe-with-server.js'
import { KEEPS_ALL, RedisServer } from './support/redis-server.js'

describeWithServer('opening', (server) => {
  async function problemWith(settings: Readonly<Record<string, string>>): Promise<unknown> {
    const other = await RedisServer.start({ ...KEEPS_ALL, ...settings })
    try {
      return await openRedisStore({ url: other.url }).catch((error: unknown) => error)
    } finally {
      await other.remove()
    }
  }

  test.each([
    ['appendonly', 'yes', 'no'],
    ['appendfsync', 'always', 'everysec'],
    ['no-appendfsync-on-rewrite', 'no', 'yes'],
    ['maxmemory-policy', 'noeviction', 'allkeys-lru'],
  ])('a server with %s other than %s is refused, with what to do', async (name, needed, found) => {
    const problem = await problemWith({ [name]: found })
    expect(problem).toBeInstanceOf(ConfigError)
    expect(problem).toMatchObject({
      message: expect.stringContaining(`with ${name} ${needed}, it runs with ${name} ${found}`),
      nextStep: expect.stringContaining(`${name} ${needed}`),
    })
  })

  test('a node of a cluster is refused', async () => {
    const problem = await problemWith({ 'cluster-enabled': 'yes' })
    expect(problem).toBeInstanceOf(ConfigError)
    expect(problem).toMatchObject({ message: expect.stringContaining('cluster mode') })
  })

  test('a replica is refused', async () => {
    const problem = await problemWith({ replicaof: '127.0.0.1 1' })
    expect(problem).toBeInstanceOf(ConfigError)
    expect(problem).toMatchObject({ message: expect.stringContaining('is a slave') })
  })

  test('an old server is refused', async () => {
    const ask = async (): Promise<string> => '# Server\r\nredis_version:6.2.14\r\n'
    await expect(checkServer(ask, { formatKey: 'format', mayMake: true })).rejects.toThrow(
      'Redis 7.0 or newer is needed, this is 6.2.14.',
    )
  })

  test('a server that hides its settings is refused', async () => {
    await server().command('ACL', 'SETUSER', 'plain', 'on', '>secret', '~*', '+@all', '-config')
    const url = server().url.replace('//', '//plain:secret@')
    await expect(openRedisStore({ url })).rejects.toThrow('does not tell its setting appendonly')
  })

  test('a wrong password is told apart from a server that is not there', async () => {
    const url = server().url.replace('//', '//nobody:wrong@')
    await expect(openRedisStore({ url })).rejects.toBeInstanceOf(ConfigError)
    const nowhere = { url: 'redis://127.0.0.1:1', connectTimeoutMs: 300 }
    await expect(openRedisStore(nowhere)).rejects.toBeInstanceOf(StoreUnavailableError)
  })

  test('what another program keeps under the namespace is left alone', async () => {
    await server().command('SET', 'theirs:format', 'something else')
    await expect(openRedisStore({ url: server().url, namespace: 'theirs' })).rejects.toBeInstanceOf(
      StoreForeignError,
    )
    await server().command('SET', 'newer:format', `own-store ${FORMAT + 1}`)
    await expect(openRedisStore({ url: server().url, namespace: 'newer' })).rejects.toBeInstanceOf(
      StoreNewerError,
    )
  })

  test('a store in an older layout is refused with what to do, and left as it is', async () => {
    const layout = `own-store ${FORMAT - 1}`
    await server().command('SET', 'older:format', layout)
    const problem = await openRedisStore({ url: server().url, namespace: 'older' }).catch(
      (error: unknown) => error,
    )
    expect(problem).toBeInstanceOf(ConfigError)
    expect(problem).toMatchObject({
      message: `older:format: an older version wrote this store, in layout ${FORMAT - 1}; this version reads layout ${FORMAT} only.`,
      nextStep: expect.stringContaining('with the version that wrote it'),
    })
    expect(await server().command('GET', 'older:format')).toBe(layout)
  })

  test('a setting that is weakened while the store is open is seen when somebody asks', async () => {
    const own = await RedisServer.start()
    const store = await openRedisStore({ url: own.url })
    const said = { engine: expect.stringMatching(/^Redis \d/), schema: `own-store ${FORMAT}` }
    expect(await store.health({ thorough: false })).toMatchObject({ ...said, isDurable: true })
    await own.command('CONFIG', 'SET', 'appendfsync', 'everysec')
    expect(await store.health({ thorough: true })).toMatchObject({ ...said, isDurable: false })
    await store.shutdown()
    await own.remove()
  })

  test('a namespace that could run into another one is refused', async () => {
    await expect(openRedisStore({ url: server().url, namespace: 'a:b' })).rejects.toBeInstanceOf(
      ConfigError,
    )
  })
})
