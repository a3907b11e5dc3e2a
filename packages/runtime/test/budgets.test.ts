import { ConfigError } from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { type Halfrate, openHalfrate } from '../src/index.js'

async function open(): Promise<Halfrate> {
  return await openHalfrate({ store: ':memory:' })
}

function request(key: string, model = 'claude-haiku-4-5') {
  const messages = [{ role: 'user', content: 'hello' }]
  return { key, params: { model, max_tokens: 16, messages } }
}

describe('the budgets of a store', () => {
  test('are set cap by cap, and say how they stand', async () => {
    await using half = await open()
    half.queue('triage', { maxFailures: 2 })
    expect(await half.budgets.list()).toEqual([])
    const timeZone = 'Europe/Berlin'
    await half.budgets.set({ queue: 'triage', dayUsd: '20', timeZone, warnAt: [50] })
    await half.budgets.set({ queue: 'triage', totalUsd: '0.5' })
    await half.budgets.set({ monthUsd: '500' })
    const zero = { spentUsd: '0.00', heldUsd: '0.00' }
    expect(await half.budgets.list()).toMatchObject([
      { scope: 'account', queue: null, period: 'month', timeZone: 'UTC', capUsd: '500.00' },
      { scope: 'queue', queue: 'triage', period: 'day', timeZone, leftUsd: '20.00', ...zero },
      { queue: 'triage', period: 'total', timeZone, capUsd: '0.50', until: null },
    ])
    await half.budgets.set({ queue: 'triage', dayUsd: null })
    expect(await half.budgets.list()).toHaveLength(2)
  })

  test('are removed whole', async () => {
    await using half = await open()
    await half.budgets.set({ monthUsd: '500', dayUsd: '20' })
    expect(await half.budgets.remove({ queue: 'triage' })).toBe(false)
    expect(await half.budgets.remove()).toBe(true)
    expect(await half.budgets.remove()).toBe(false)
    expect(await half.budgets.list()).toEqual([])
  })

  test.each([
    ['nothing', {}, 'got nothing to set'],
    ['a number', { dayUsd: 20 }, "dayUsd: expected dollars as text, such as '20'"],
    ['less than nothing', { dayUsd: '-1' }, 'dayUsd: expected dollars as text'],
    ['a place that there is not', { dayUsd: '1', timeZone: 'Middle/Earth' }, 'Middle/Earth'],
    ['a share above all', { dayUsd: '1', warnAt: [120] }, 'got 120'],
    ['a member that nobody knows', { weekUsd: '1' }, 'there is no option "weekUsd"'],
    ['a name that no queue has', { dayUsd: '1', queue: 'a b' }, 'queue: expected'],
  ])('are not changed by %s', async (_, options, said) => {
    await using half = await open()
    const setting = half.budgets.set(options as { readonly dayUsd: string })
    await expect(setting).rejects.toThrow(said)
    await expect(setting).rejects.toBeInstanceOf(ConfigError)
    expect(await half.budgets.list()).toEqual([])
  })
})

describe('a request without a known price', () => {
  const stranger = request('a', 'claude-nobody-knows')

  test('is let in where there is no budget, and under one of another queue', async () => {
    await using half = await open()
    await half.budgets.set({ queue: 'other', monthUsd: '5' })
    await half.queue('triage').enqueue(stranger)
  })

  test.each([
    ['its queue', { queue: 'triage' }],
    ['the account', {}],
  ])('is refused under a budget of %s, and nothing is stored', async (_, place) => {
    await using half = await open()
    await half.budgets.set({ ...place, monthUsd: '5' })
    const queue = half.queue('triage')
    const put = queue.enqueueAll([request('b'), stranger])
    await expect(put).rejects.toThrow('there is no price for "claude-nobody-knows"')
    expect(await half.why('b', { queue: 'triage' })).toBeNull()
    await queue.enqueue(request('b'))
    await half.budgets.remove(place)
    await queue.enqueue(stranger)
  })

  test('is refused in a job too', async () => {
    await using half = await open()
    await half.budgets.set({ queue: 'triage', monthUsd: '5' })
    const options = { queue: 'triage', start: false }
    const run = half.run('claims', [request('b'), stranger], options)
    await expect(run).rejects.toThrow('there is no price for "claude-nobody-knows"')
    await expect(half.job('claims')).rejects.toThrow()
    await half.run('claims', [request('b')], options)
  })
})
