import {
  DEFAULT_PROJECT,
  enqueue,
  laneKey,
  type MessageResult,
  type RequestId,
} from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { anError, anIntakeRow, aSuccess, scriptedError } from '../../src/index.js'
import { HOUR_MS, MINUTE_MS, QUEUE, World } from './arrange.js'

const REALTIME = laneKey({ route: 'realtime' })

/** Puts requests in that somebody waits for. */
async function ask(world: World, ...keys: readonly string[]): Promise<void> {
  const rows = keys.map((key) => anIntakeRow({ key, lane: REALTIME }))
  await enqueue({ store: world.store, project: DEFAULT_PROJECT, queue: QUEUE, rows })
}

function answered(world: World, over: Partial<Record<string, unknown>> = {}): MessageResult {
  const message = {
    ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-haiku-4-5' },
    content: [{ type: 'text', text: 'yes' }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 1_000, output_tokens: 200 },
    ...over,
  }
  return {
    type: 'answered',
    message: new TextEncoder().encode(JSON.stringify(message)),
    limits: {},
    serverAt: world.now(),
  }
}

function refused(world: World, status: number, type: string, retryAfterMs: number | null = null) {
  const error = scriptedError('no', { status, type, retryAfterMs })
  return { type: 'refused', error, limits: {}, serverAt: world.now() } as const
}

const LOST = { type: 'ambiguous', error: scriptedError('the connection was reset') } as const

function calls(world: World): number {
  return world.transport.callsOf('createMessage').length
}

async function money(world: World) {
  return (await world.store.report({ scope: { project: DEFAULT_PROJECT } })).money
}

async function violations(world: World): Promise<readonly unknown[]> {
  const { violations: found } = await world.store.verify({ after: null, limit: 1_000 })
  return found
}

describe('a request that somebody waits for', () => {
  test('is sent at once by itself, whatever the queue waits for, and paid in full', async () => {
    const world = new World()
    await world.policy({ flush: { count: 100, bytes: 1_000_000, ageMs: HOUR_MS } })
    world.transport.always('createMessage', () => answered(world))
    await ask(world, 'a', 'b')
    await world.enqueue('later')
    await world.work(0)
    expect([calls(world), world.sent]).toEqual([2, 0])
    expect(await world.ends()).toEqual({ succeeded: 2 })
    const [call] = world.transport.callsOf('createMessage')
    const params = JSON.parse(new TextDecoder().decode(call?.params.body))
    expect(params).toEqual({ messages: [{ role: 'user', content: 'a' }] })
    const { paidNano, realtimeNano } = await money(world)
    expect(paidNano).toBe(realtimeNano)
    // 1,000 tokens at $1 and 200 at $5 a million, twice.
    expect(paidNano).toBe(2 * 2_000_000)
    await world.work(MINUTE_MS)
    const states = (await world.submissions()).map(({ state, requestCount }) => [
      state,
      requestCount,
    ])
    expect(states).toEqual([
      ['collected', 1],
      ['collected', 1],
    ])
    expect(await violations(world)).toEqual([])
  })

  test('is held at its whole price while it is under way', async () => {
    const world = new World()
    await world.policy()
    let held = 0
    world.transport.script('createMessage', async () => {
      held = (await world.only()).holdNano
      return answered(world)
    })
    await ask(world, 'a')
    await world.work(0)
    const batch = new World()
    await batch.policy()
    await batch.enqueue('a')
    await batch.work(0)
    expect(held).toBe(2 * (await batch.only()).holdNano)
  })

  test('its answer is booked before it is noted that there is one, and found if its worker dies between', async () => {
    const world = new World()
    await world.policy()
    world.transport.script('createMessage', () => answered(world))
    const { store } = world
    const record = store.recordEvidence.bind(store)
    store.recordEvidence = () => Promise.reject(new Error('the process ended'))
    await ask(world, 'a')
    world.start()
    await world.work(0).catch(() => undefined)
    store.recordEvidence = record
    expect(await world.ends()).toEqual({ succeeded: 1 })
    world.start()
    await world.work(HOUR_MS, MINUTE_MS)
    expect([calls(world), (await world.only()).state]).toEqual([1, 'collected'])
    expect(await violations(world)).toEqual([])
  })

  test.each([
    ['a success', aSuccess, { succeeded: 1 }, 1],
    ['an error', anError, { succeeded: 1 }, 2],
  ] as const)(
    'is taken for %s that was booked after others had given it up, and ended by then',
    async (_, line, ends, expectedCalls) => {
      const world = new World()
      await world.policy()
      world.transport.script('createMessage', () => LOST)
      world.transport.always('createMessage', () => answered(world))
      await ask(world, 'a')
      const { store } = world
      const release = store.releaseMembers.bind(store)
      store.releaseMembers = () => Promise.reject(new Error('the process ended'))
      world.start()
      await world.work(HOUR_MS, MINUTE_MS).catch(() => undefined)
      store.releaseMembers = release
      const { id: submissionId, state } = await world.only()
      expect(state).toBe('lost')
      const [{ requestId } = { requestId: 0 as RequestId }] = await store.openOutcomes({
        ...{ submissionId, after: -1, limit: 1 },
      })
      await store.settle({ submissionId, addMissing: false, lines: [line(requestId)] })
      const claim = store.claim.bind(store)
      let claims = 0
      store.claim = (params) => {
        claims += 1
        return claim(params)
      }
      world.start()
      await world.work(HOUR_MS, MINUTE_MS)
      expect(await world.ends()).toEqual(ends)
      expect(calls(world)).toBe(expectedCalls)
      const [first] = await world.submissions()
      expect(first).toMatchObject({ state: 'collected', orphan: true })
      // A few a minute: one that is looked at again and again would need thousands.
      expect(claims).toBeLessThan(1_000)
      expect(await violations(world)).toEqual([])
    },
  )
})

describe('what the provider says no to in real time', () => {
  test('a request that is wrong fails with its error, unpaid, and holds nothing back', async () => {
    const world = new World()
    await world.policy()
    world.transport
      .script('createMessage', () => refused(world, 400, 'invalid_request_error'))
      .always('createMessage', () => answered(world))
    await ask(world, 'a', 'b')
    await world.work(MINUTE_MS)
    expect(await world.ends()).toEqual({ succeeded: 1, errored: 1 })
    expect(world.alarms()).toEqual([])
    expect(calls(world)).toBe(2)
    expect(await violations(world)).toEqual([])
  })

  test('a refused key pauses the account, and the request waits uncounted', async () => {
    const world = new World()
    await world.policy({ maxFailures: 1 })
    world.transport
      .script('createMessage', () => refused(world, 401, 'authentication_error'))
      .always('createMessage', () => answered(world))
    await ask(world, 'a')
    await world.work(4 * MINUTE_MS)
    expect([calls(world), await world.ends()]).toEqual([1, {}])
    expect(world.alarms()).toEqual(['account_paused'])
    await world.work(10 * MINUTE_MS)
    expect([calls(world), await world.ends()]).toEqual([2, { succeeded: 1 }])
  })

  test('a 429 holds back every call for as long as it says', async () => {
    const world = new World()
    await world.policy()
    const at: number[] = []
    world.transport
      .script('createMessage', () => {
        at.push(world.now())
        return refused(world, 429, 'rate_limit_error', 5 * MINUTE_MS)
      })
      .always('createMessage', () => {
        at.push(world.now())
        return answered(world)
      })
    world.start()
    await world.engine?.tick()
    await ask(world, 'a')
    await world.work(0)
    await ask(world, 'b', 'c')
    await world.work(10 * MINUTE_MS)
    expect(await world.ends()).toEqual({ succeeded: 3 })
    const [first = 0, ...others] = at
    expect(others.every((each) => each - first >= 5 * MINUTE_MS)).toBe(true)
    expect(world.alarms()).toEqual([])
  })

  test('headers that leave nothing are obeyed before the provider has to say no', async () => {
    const world = new World()
    await world.policy()
    const at: number[] = []
    world.transport.always('createMessage', () => {
      at.push(world.now())
      const resetAt = world.now() + 2 * MINUTE_MS
      return { ...answered(world), limits: { inputTokens: { remaining: 0, resetAt } } }
    })
    await ask(world, 'a')
    await world.work(0)
    await ask(world, 'b')
    await world.work(5 * MINUTE_MS)
    expect(at).toHaveLength(2)
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(2 * MINUTE_MS)
  })

  test('no more calls are under way at once than the account may have', async () => {
    const world = new World()
    await world.policy()
    let now = 0
    let most = 0
    world.transport.always('createMessage', async () => {
      now += 1
      most = Math.max(most, now)
      await new Promise((resolve) => setImmediate(resolve))
      now -= 1
      return answered(world)
    })
    await ask(world, ...Array.from({ length: 12 }, (_, index) => `k${index}`))
    world.start('send', { callsAtOnce: 2 })
    await world.work(2 * MINUTE_MS)
    expect(await world.ends()).toEqual({ succeeded: 12 })
    expect(most).toBe(2)
  })
})

describe('a call whose answer is lost', () => {
  test('is booked as possibly paid before it is repeated, and repeated at most once', async () => {
    const world = new World()
    await world.policy()
    world.transport.always('createMessage', LOST)
    await ask(world, 'a')
    await world.work(0)
    expect((await world.only()).state).toBe('ambiguous')
    await world.work(HOUR_MS, 10_000)
    expect(calls(world)).toBe(2)
    expect(await world.ends()).toEqual({ possibly_paid: 1 })
    const { possiblyPaidNano } = await money(world)
    const [life] = await world.lives()
    const holds = life?.attempts.map(({ attempt }) => Number(attempt.holdNano)) ?? []
    expect(holds).toHaveLength(2)
    expect(possiblyPaidNano).toBe(holds.reduce((sum, each) => sum + each, 0))
    expect(await violations(world)).toEqual([])
  })

  test('is not repeated before its time is over, whatever became of its sender', async () => {
    const world = new World()
    await world.policy()
    world.transport.script('createMessage', LOST).always('createMessage', () => answered(world))
    await ask(world, 'a')
    await world.work(0)
    const { sendNotAfterAt, sendStartedAt } = await world.only()
    expect((sendNotAfterAt ?? 0) - (sendStartedAt ?? 0)).toBeGreaterThanOrEqual(MINUTE_MS)
    world.start()
    await world.work((sendNotAfterAt ?? 0) - world.now())
    expect(calls(world)).toBe(1)
    await world.work(MINUTE_MS)
    expect([calls(world), await world.ends()]).toEqual([2, { succeeded: 1 }])
  })

  test('fails as possibly paid where nothing may be paid twice', async () => {
    const world = new World()
    await world.policy({ onLostAnswer: 'wait' })
    world.transport.always('createMessage', LOST)
    await ask(world, 'a')
    await world.work(HOUR_MS, MINUTE_MS)
    expect([calls(world), await world.ends()]).toEqual([1, { possibly_paid: 1 }])
  })

  test.each(['resend', 'fail'] as const)(
    'is asked about where a person decides: %s',
    async (decision) => {
      const world = new World()
      await world.policy({ onLostAnswer: 'ask' })
      world.transport.script('createMessage', LOST).always('createMessage', () => answered(world))
      await ask(world, 'a')
      await world.work(HOUR_MS, MINUTE_MS)
      expect([calls(world), world.alarms()]).toEqual([1, ['decision_needed']])
      const { account, nonce } = await world.only()
      await world.store.recordEvidence({ account, nonce, evidence: { type: 'decided', decision } })
      await world.work(10 * MINUTE_MS)
      const end = decision === 'fail' ? { possibly_paid: 1 } : { succeeded: 1 }
      expect(await world.ends()).toEqual(end)
      expect((await money(world)).possiblyPaidNano).toBeGreaterThan(0)
      expect(await violations(world)).toEqual([])
    },
  )

  test('no list is looked through for it', async () => {
    const world = new World()
    await world.policy()
    world.transport.always('createMessage', LOST)
    await ask(world, 'a')
    await world.work(0)
    const before = world.transport.callsOf('list').length
    await world.work(9 * MINUTE_MS)
    expect(world.transport.callsOf('list').length).toBe(before)
  })

  test('an answer that comes late replaces the doubt, and a second one is waste', async () => {
    const world = new World()
    await world.policy()
    let thaw: () => void = () => undefined
    const thawed = new Promise<void>((resolve) => {
      thaw = resolve
    })
    world.transport
      .script('createMessage', async () => {
        await thawed
        return answered(world)
      })
      .always('createMessage', () => answered(world))
    await ask(world, 'a')
    world.start()
    const frozen = world.work(0)
    while (calls(world) === 0) await new Promise((resolve) => setImmediate(resolve))
    world.start()
    await world.work(HOUR_MS, MINUTE_MS)
    expect([calls(world), await world.ends()]).toEqual([2, { succeeded: 1 }])
    expect((await money(world)).possiblyPaidNano).toBeGreaterThan(0)
    thaw()
    await frozen
    await world.work(HOUR_MS, MINUTE_MS)
    const after = await money(world)
    expect(after).toMatchObject({ possiblyPaidNano: 0, paidNano: 4_000_000, wasteNano: 2_000_000 })
    expect((await world.submissions()).map(({ state }) => state)).toEqual([
      'collected',
      'collected',
    ])
    expect(await violations(world)).toEqual([])
  })
})

describe('batches beside calls in real time', () => {
  test('the lost answer of a batch is found though calls were answered meanwhile', async () => {
    const world = new World()
    await world.policy()
    world.transport.always('createMessage', () => answered(world))
    world.transport.script('createBatch', LOST)
    await world.enqueue('a')
    await world.work(0)
    await ask(world, 'b')
    await world.work(HOUR_MS, MINUTE_MS)
    // Were a call among what the list must show, no scan would ever be valid.
    expect([calls(world), world.sent]).toEqual([1, 2])
  })
})
