import { NO_PAUSES, type ProviderError, pauseSetting, pauseSettings } from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { EngineBench } from './engine-bench.js'

const OWN_LIMIT = 'You have reached your specified API usage limits. You will regain access on …'

// What planning and sending call.
const CALLED = [
  'claim',
  'queueFacts',
  'readWaiting',
  'openSubmission',
  'addMembers',
  'sealSubmission',
  'getSubmission',
  'noteSubmission',
  'beginSend',
  'readMembers',
] as const

async function bench(): Promise<EngineBench> {
  const made = new EngineBench()
  await made.setPolicy()
  return made
}

async function waiting(made: EngineBench): Promise<number> {
  return (await made.requests()).filter(({ state }) => state === 'waiting').length
}

describe('a refusal that is about the account', () => {
  test.each<[string, Partial<ProviderError>, string, number]>([
    ['401', { status: 401 }, 'key_refused', 5],
    ['402', { status: 402 }, 'billing', 15],
    ['403', { status: 403 }, 'account_refused', 15],
    ['the own spend limit, a 400', { status: 400, message: OWN_LIMIT }, 'spend_limit', 60],
    ['a tier cap', { status: 429, code: 'enforced_spend_limit_reached' }, 'spend_limit', 60],
  ])(
    '(%s) is probed with one request at a time, until it passes',
    async (_, error, reason, everyMinutes) => {
      const made = await bench()
      made.refuse = () => error
      await made.enqueue(...Array.from({ length: 50 }, (_, row) => `row ${row}`))
      await made.work()
      expect(made.creates.map(({ count }) => count)).toEqual([50])
      expect(await waiting(made)).toBe(50)
      expect((await made.pauses()).automatic).toMatchObject([{ reason, lane: null, refusals: 1 }])
      await made.pass(everyMinutes - 1)
      expect(made.creates).toHaveLength(1)
      await made.pass(2 * everyMinutes + 1)
      expect(made.creates.map(({ count }) => count)).toEqual([50, 1, 1, 1])
      made.refuse = () => null
      await made.pass(everyMinutes)
      expect(await made.pauses()).toEqual(NO_PAUSES)
      expect(made.creates.slice(4).map(({ count }) => count)).toEqual([1, 49])
      expect(await waiting(made)).toBe(0)
      // No attempt of anybody was used up by it.
      expect((await made.requests()).every((request) => request.failureCount === 0)).toBe(true)
    },
  )

  test('raises one alarm, and tells when it is over', async () => {
    const made = await bench()
    made.refuse = () => ({ status: 402, message: 'Your credit balance is too low.' })
    await made.enqueue('a')
    await made.work()
    await made.pass(60)
    expect(made.eventsOf('alarm').map(({ code }) => code)).toEqual(['account_paused'])
    expect(made.eventsOf('paused').length).toBeGreaterThan(2)
    made.refuse = () => null
    await made.pass(15)
    expect(made.eventsOf('resumed')).toHaveLength(1)
  })

  test('is known to a process that starts after it, which asks no sooner', async () => {
    const made = await bench()
    made.refuse = () => ({ status: 401 })
    await made.enqueue('a', 'b')
    await made.work()
    made.restart()
    await made.pass(4)
    expect(made.creates).toHaveLength(1)
    await made.pass(2)
    expect(made.creates).toHaveLength(2)
  })

  test('is seen by reads too: nothing is uploaded with a key that lists refuse', async () => {
    const made = await bench()
    await made.work()
    made.refuseReads = { status: 401 }
    await made.enqueue('a', 'b')
    await made.pass(20)
    expect(made.creates).toHaveLength(0)
    expect((await made.pauses()).automatic).toMatchObject([
      { reason: 'key_refused', seenBy: 'read' },
    ])
    made.refuseReads = null
    await made.pass(6)
    expect(await made.pauses()).toEqual(NO_PAUSES)
    expect(made.creates.map(({ count }) => count)).toEqual([2])
  })
})

describe('a pause by hand', () => {
  const hand = { since: 0, note: null }

  // The engine's calls of the store, in their order; before the nth, somebody pauses.
  async function pausedBefore(
    call: number,
    of: keyof ReturnType<typeof pauseSettings>,
  ): Promise<number> {
    const made = await bench()
    await made.enqueue('a', 'b')
    await made.setPolicy({ maxBatchRequests: 1 })
    const put = made.store.putSetting.bind(made.store)
    const name = pauseSettings(made)[of]
    let calls = 0
    let begunAfter = 0
    for (const method of CALLED) {
      const plain = made.store[method].bind(made.store) as (params: never) => Promise<unknown>
      Object.assign(made.store, {
        [method]: async (params: never) => {
          calls += 1
          const nth = calls
          const value = of === 'account' ? { hand, automatic: [] } : hand
          if (nth === call) await put({ ...name, value, ifVersion: null })
          const answer = await plain(params)
          const isBegun = method === 'beginSend' && JSON.stringify(answer).includes('"sending"')
          if (isBegun && nth >= call) begunAfter += 1
          return answer
        },
      })
    }
    await made.work()
    await made.pass(3)
    expect(begunAfter, `paused before call ${call}`).toBe(0)
    return calls
  }

  test.each(['store', 'account', 'project', 'queue'] as const)(
    'of the %s lets no send begin after it was written, whenever that is',
    async (of) => {
      const calls = await pausedBefore(Number.POSITIVE_INFINITY, of)
      expect(calls).toBeGreaterThan(10)
      for (let call = 1; call <= calls; call += 1) await pausedBefore(call, of)
    },
  )

  test('of the account is not undone by an automatic resume', async () => {
    const made = await bench()
    made.refuse = () => ({ status: 401 })
    await made.enqueue('a')
    await made.work()
    await made.set(pauseSetting(made.account), { ...(await made.pauses()), hand })
    made.refuse = () => null
    await made.pass(180)
    expect(made.creates).toHaveLength(1)
    expect((await made.pauses()).hand).toEqual(hand)
    expect(await waiting(made)).toBe(1)
    await made.set(pauseSetting(made.account), { ...(await made.pauses()), hand: null })
    await made.pass(1)
    expect(made.creates).toHaveLength(2)
  })

  test.each(['store', 'project', 'queue'] as const)(
    'of the %s ends with a batch of all',
    async (of) => {
      const made = await bench()
      await made.setPolicy({ maxBatchRequests: 2 })
      const name = pauseSettings(made)[of]
      await made.set(name, hand)
      await made.enqueue('a', 'b', 'c')
      await made.pass(5)
      expect(made.creates).toHaveLength(0)
      expect(await waiting(made)).toBe(3)
      await made.set(name, null)
      await made.pass(1)
      expect(made.creates.map(({ count }) => count)).toEqual([2, 1])
    },
  )
})
