import type { RemoteId } from '@halfrate/core'
import { startEmulator } from '@halfrate/emulator'
import { expect, test } from 'vitest'
import { openProviderView } from '../src/open-provider-view.js'

test('a view asks for batches, and can do nothing about them', async () => {
  await using claude = await startEmulator({ seed: 7 })
  const { baseUrl, apiKey } = claude.connection
  const view = await openProviderView({ baseUrl: new URL(baseUrl), apiKey })
  expect(Object.keys(view).sort()).toEqual(['checkAccess', 'list', 'results', 'retrieve'])
  await view.checkAccess()
  expect(await view.list({ afterId: null, limit: 1 })).toMatchObject({ type: 'page', batches: [] })
  const none = 'msgbatch_none' as RemoteId
  expect(await view.retrieve(none)).toMatchObject({ type: 'not_found' })
  expect(await view.results(none)).toMatchObject({ type: 'not_found' })
  claude.fault('list', { error: 'authentication' })
  await expect(view.checkAccess()).rejects.toThrow('refuses the API key')
})

test('a view of another machine needs a key that can be one', async () => {
  const baseUrl = new URL('https://api.anthropic.com')
  await expect(openProviderView({ baseUrl, apiKey: null })).rejects.toThrow('there is no API key')
  await expect(openProviderView({ baseUrl, apiKey: 'a\nb' })).rejects.toThrow('white space')
})
