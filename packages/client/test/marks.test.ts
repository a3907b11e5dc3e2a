import { setImmediate as turn } from 'node:timers/promises'
import { startEmulator } from '@halfrate/emulator'
import { expect, test } from 'vitest'
import { about, withFeature } from '../src/index.js'
import { PARAMS, recording } from './arrange.js'

test('a feature holds for every call within, across awaits and beside others', async () => {
  await using claude = await startEmulator({ seed: 7 })
  const { client, calls } = recording(claude.url, { queue: 'other' })
  const ask = async (model: string): Promise<void> => {
    await turn()
    await client.messages.create({ ...PARAMS, model })
  }
  const result = await Promise.all([
    withFeature('triage', () => ask('claude-haiku-4-5').then(() => 'the result')),
    withFeature('letters', () => ask('claude-sonnet-4-5')),
    ask('claude-opus-4-5'),
  ])
  expect(result[0]).toBe('the result')
  const features = calls.map(({ model, feature }) => `${model?.slice(7, 11)} ${feature}`)
  expect(features.sort()).toEqual(['haik triage', 'opus other', 'sonn letters'])
})

test('the nearer mark wins, and labels add up', async () => {
  await using claude = await startEmulator({ seed: 7 })
  const { client, calls } = recording(claude.url, { labels: { a: '1', b: '1' }, awaited: true })
  await withFeature({ feature: 'outer', labels: { b: '2', c: '2' } }, () =>
    withFeature({ feature: 'inner', awaited: false }, async () => {
      await client.messages.create(PARAMS)
      await client.messages.create(PARAMS, about({ feature: 'nearest', labels: { c: '3' } }))
    }),
  )
  await client.messages.create(PARAMS)
  expect(calls).toMatchObject([
    { feature: 'inner', labels: { a: '1', b: '2', c: '2' }, awaited: false },
    { feature: 'nearest', labels: { a: '1', b: '2', c: '3' }, awaited: false },
    { feature: null, labels: { a: '1', b: '1' }, awaited: true },
  ])
})

test('a scope gives what it runs gives, and throws what that throws', () => {
  expect(withFeature('triage', () => 7)).toBe(7)
  expect(() =>
    withFeature('triage', () => {
      throw new RangeError('mine')
    }),
  ).toThrow('mine')
})
