import { describe, expect, test } from 'vitest'
import { scriptedError } from '../../src/index.js'
import { HOUR_MS, MINUTE_MS, World } from './arrange.js'

/** A batch is sent and nothing comes back; `taken` says whether the provider has it. */
async function loseAnswer(world: World, { taken }: { readonly taken: boolean }): Promise<void> {
  world.transport.script('createBatch', (_, body) => {
    if (taken) world.accept(body)
    return { type: 'ambiguous', error: scriptedError('the connection was reset') }
  })
  await world.enqueue('a', 'b')
  await world.work(MINUTE_MS)
}

describe('an answer that was lost, where a person decides', () => {
  test('the question is put once, and nothing is sent again before it is answered', async () => {
    const world = new World()
    await world.policy({ onLostAnswer: 'ask' })
    await loseAnswer(world, { taken: false })
    await world.work(3 * HOUR_MS, MINUTE_MS)
    const { state, search, id } = await world.only()
    expect(state).toBe('ambiguous')
    expect(search.askingSince).toBeGreaterThan(0)
    expect(world.sent).toBe(1)
    expect(world.alarms()).toEqual(['decision_needed'])
    const alarm = world.events.find((event) => event.type === 'alarm')
    expect(alarm).toMatchObject({ submissionId: id })
    expect(JSON.stringify(alarm)).toContain(`halfrate decide ${id} resend`)
  })

  test('`resend` sends the requests again, in a batch of another nonce', async () => {
    const world = new World()
    await world.policy({ onLostAnswer: 'ask' })
    await loseAnswer(world, { taken: false })
    await world.work(HOUR_MS, MINUTE_MS)
    const { account, nonce } = await world.only()
    const evidence = { type: 'decided', decision: 'resend' } as const
    expect(await world.store.recordEvidence({ account, nonce, evidence })).toMatchObject({
      type: 'applied',
    })
    await world.work(MINUTE_MS)
    world.end()
    await world.work(10 * MINUTE_MS)
    expect(await world.ends()).toEqual({ succeeded: 2 })
    expect(new Set((await world.submissions()).map((each) => each.nonce)).size).toBe(2)
    expect(world.sent).toBe(2)
  })

  test('`fail` ends the requests as possibly paid and sends nothing', async () => {
    const world = new World()
    await world.policy({ onLostAnswer: 'ask' })
    await loseAnswer(world, { taken: false })
    await world.work(HOUR_MS, MINUTE_MS)
    const { account, nonce } = await world.only()
    const evidence = { type: 'decided', decision: 'fail' } as const
    await world.store.recordEvidence({ account, nonce, evidence })
    await world.work(HOUR_MS, MINUTE_MS)
    expect(await world.ends()).toEqual({ possibly_paid: 2 })
    expect(world.sent).toBe(1)
  })

  test('a batch that turns up answers the question itself', async () => {
    const world = new World()
    await world.policy({ onLostAnswer: 'ask' })
    await loseAnswer(world, { taken: false })
    await world.work(HOUR_MS, MINUTE_MS)
    const [call] = world.transport.callsOf('createBatch')
    world.accept(call?.body ?? null)
    const late = world.shelf[0]
    if (late !== undefined) {
      late.batch = { ...late.batch, createdAt: late.batch.createdAt - HOUR_MS }
    }
    world.end()
    await world.work(HOUR_MS, MINUTE_MS)
    expect(await world.ends()).toEqual({ succeeded: 2 })
    const { account, nonce, state } = await world.only()
    expect(state).toBe('collected')
    const evidence = { type: 'decided', decision: 'resend' } as const
    const late2 = await world.store.recordEvidence({ account, nonce, evidence })
    expect(late2.type).toBe('known')
    expect(world.sent).toBe(1)
  })

  test.each([
    [3, []],
    [9, ['accepted_late']],
  ])(
    'a batch that was accepted after %d min is found, and told when that is late',
    async (minutes, alarms) => {
      const world = new World()
      await world.policy()
      await loseAnswer(world, { taken: false })
      await world.work(minutes * MINUTE_MS, MINUTE_MS)
      const [call] = world.transport.callsOf('createBatch')
      world.accept(call?.body ?? null)
      world.end()
      await world.work(HOUR_MS, MINUTE_MS)
      expect([await world.ends(), world.sent]).toEqual([{ succeeded: 2 }, 1])
      expect(world.alarms()).toEqual(alarms)
    },
  )

  test('without `ask` it is sent again by itself', async () => {
    const world = new World()
    await world.policy()
    await loseAnswer(world, { taken: false })
    await world.work(HOUR_MS, MINUTE_MS)
    expect(world.sent).toBe(2)
    expect(world.alarms()).toEqual([])
  })
})

/** A first worker that the provider's answer reaches only when the test says so, and a second one that takes over. */
async function freezeSender(
  world: World,
  params: { readonly isTakenFirst: boolean },
): Promise<{ readonly thaw: () => Promise<void> }> {
  await world.policy()
  let answer: () => void = () => undefined
  const answered = new Promise<void>((resolve) => {
    answer = resolve
  })
  world.transport.script('createBatch', async (_, body) => {
    if (params.isTakenFirst) world.accept(body)
    await answered
    return { type: 'accepted', batch: world.accept(body) }
  })
  await world.enqueue('a', 'b')
  world.start()
  const frozen = world.work(0)
  while (world.sent === 0) await new Promise((resolve) => setImmediate(resolve))
  world.start()
  return {
    thaw: async () => {
      answer()
      await frozen
    },
  }
}

describe('a sender whose own answer comes after somebody else decided', () => {
  test('says that a batch turned up which was given up', async () => {
    const world = new World()
    const { thaw } = await freezeSender(world, { isTakenFirst: false })
    await world.work(HOUR_MS, MINUTE_MS)
    expect(world.sent).toBe(2)
    expect(world.alarms()).toEqual([])
    await thaw()
    const [first] = await world.submissions()
    expect(first).toMatchObject({ orphan: true, remoteId: world.shelf[0]?.batch.id })
    expect(world.alarms()).toEqual(['orphan_found'])
    world.end()
    await world.work(HOUR_MS, MINUTE_MS)
    expect(world.alarms()).toEqual(['orphan_found'])
  })

  test('says that the same bytes made a second batch', async () => {
    const world = new World()
    const { thaw } = await freezeSender(world, { isTakenFirst: true })
    world.end()
    await world.work(HOUR_MS, MINUTE_MS)
    expect((await world.only()).state).toBe('collected')
    await thaw()
    expect(world.alarms()).toEqual(['twin_found'])
    expect((await world.submissions()).map(({ twinOf }) => twinOf !== null)).toEqual([false, true])
  })
})

describe('an answer that was being looked for when the backup was made', () => {
  test('asks once the store is known to be restored, and is not sent again by itself', async () => {
    const world = new World()
    await world.policy()
    await loseAnswer(world, { taken: false })
    const backup = world.store.snapshot()
    await world.enqueue('later')
    await world.work(MINUTE_MS)
    expect(world.sent).toBe(2)
    world.end()
    world.restore(backup)
    await world.work(3 * HOUR_MS, MINUTE_MS)
    expect(world.alarms()).toContain('store_restored')
    expect(world.alarms()).toContain('decision_needed')
    const { state, search } = await world.only()
    expect({ state, asked: search.askingSince !== undefined }).toEqual({
      state: 'ambiguous',
      asked: true,
    })
    expect(world.sent).toBe(2)
  })
})
