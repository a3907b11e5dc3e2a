import { ConfigError, DEFAULT_ACCOUNT, workspaceSetting } from '@halfrate/core'
import { startEmulator } from '@halfrate/emulator'
import { expect, test } from 'vitest'
import { checkApiKey } from '../src/api-key.js'
import { openHalfrate } from '../src/open-halfrate.js'

test.each(['sk-ant-1\nsk-ant-2', 'sk ant', 'sk-é', 'sk-\u0000'])(
  'a key that no header can carry is refused, and is not shown',
  (apiKey) => {
    let error: unknown
    try {
      checkApiKey(apiKey)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(ConfigError)
    expect((error as ConfigError).message).toMatch(/^the API key has .* at place \d+/)
    expect((error as ConfigError).message).not.toContain('sk')
  },
)

test('a key that the provider refuses is an error before any work', async () => {
  await using claude = await startEmulator()
  claude.fault('list', { error: 'authentication' })
  await using half = await openHalfrate({ store: ':memory:', baseUrl: claude.url, apiKey: 'wrong' })
  await expect(half.checkAccess()).rejects.toThrow('refuses the API key: API key is invalid.')
})

test('a base URL without a Batches API behind it is an error before any work', async () => {
  await using claude = await startEmulator()
  const baseUrl = `${claude.url}/nowhere`
  await using half = await openHalfrate({ store: ':memory:', baseUrl })
  await expect(half.checkAccess()).rejects.toThrow(`no Message Batches API at ${baseUrl}`)
})

test('a provider that is busy or away is waited for', async () => {
  const claude = await startEmulator()
  claude.fault('list', { error: 'overloaded' })
  await using half = await openHalfrate({ store: ':memory:', baseUrl: claude.url })
  await half.checkAccess()
  await claude[Symbol.asyncDispose]()
  await half.checkAccess()
})

test('another key of the same workspace is as good, and one of another workspace is refused', async () => {
  const workspaces = { old: 'wrkspc_ours', new: 'wrkspc_ours', other: 'wrkspc_theirs' }
  await using claude = await startEmulator({ workspaces })
  const name = workspaceSetting(DEFAULT_ACCOUNT)
  for (const apiKey of ['old', 'new', 'other']) {
    await using half = await openHalfrate({ store: ':memory:', baseUrl: claude.url, apiKey })
    await half.checkAccess()
    const value = { workspaceId: 'wrkspc_ours' }
    await half.store.putSetting({ ...name, value, ifVersion: null })
    if (apiKey !== 'other') await half.checkAccess()
    else await expect(half.checkAccess()).rejects.toThrow(/wrkspc_theirs, and .* in wrkspc_ours/)
  }
})
