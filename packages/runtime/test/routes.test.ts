import { DEFAULT_PROJECT, type Lane, laneOf } from '@halfrate/core'
import { costOfEach } from '@halfrate/core/routing'
import { startEmulator } from '@halfrate/emulator'
import { describe, expect, test } from 'vitest'
import { openHalfrate, rolloutOf } from '../src/index.js'

const messages = [{ role: 'user', content: 'Is it on fire?' }]
const params = { model: 'claude-haiku-4-5', max_tokens: 4_000, messages }

describe('the route of a request', () => {
  test('is asked for by its caller, and what waits beside it still goes in a batch', async () => {
    await using claude = await startEmulator({ seed: 7 })
    await using half = await openHalfrate({ store: ':memory:', emulator: claude })
    const desk = half.queue('desk', { flush: { count: 100, bytes: 1_000_000, ageMs: 3_600_000 } })
    await desk.enqueue({ key: 'later', params })
    await desk.enqueue({ key: 'now', params, route: 'realtime' })
    await desk.enqueue({ key: 'half price', params, route: 'batch' })
    await half.tick({ maxMs: 5_000 })
    await half.tick({ maxMs: 5_000 })
    const now = await half.why('now', { queue: 'desk' })
    expect(now?.request.verdict?.status).toBe('succeeded')
    expect(now?.attempts.map(({ submission }) => laneOf(submission.lane).route)).toEqual([
      'realtime',
    ])
    for (const key of ['later', 'half price']) {
      const life = await half.why(key, { queue: 'desk' })
      expect([life?.request.state, laneOf(life?.request.lane ?? '').route]).toEqual([
        'waiting',
        'batch',
      ])
    }
    expect(claude.ledger.posts()).toEqual([])
    const { total } = await half.costs()
    expect(total.savedUsd).toBe('0.00')
  })

  test('is that of the request that is there, whoever asks again', async () => {
    await using half = await openHalfrate({ store: ':memory:' })
    const desk = half.queue('desk')
    const first = await desk.enqueue({ key: 'a', params })
    const again = await desk.enqueue({ key: 'a', params, route: 'realtime' })
    expect([again.id, again.isNew]).toEqual([first.id, false])
    expect(laneOf((await half.why('a', { queue: 'desk' }))?.request.lane ?? '').route).toBe('batch')
  })

  test('is one that there is, and no row of a job asks for real time', async () => {
    await using half = await openHalfrate({ store: ':memory:' })
    const wrong = { key: 'a', params, route: 'fast' as 'batch' }
    await expect(half.queue('desk').enqueue(wrong)).rejects.toMatchObject({ rule: 'invalid_route' })
    const row = { key: 'a', params, route: 'realtime' as const }
    const run = half.run('claims', [row], { start: false })
    await expect(run).rejects.toMatchObject({ rule: 'invalid_route', place: { line: 1 } })
    await half.run('claims', [{ ...row, route: 'batch' }], { start: false })
  })

  test('is by its key where its queue sends a part in batches, and both ways are compared', async () => {
    await using claude = await startEmulator({ seed: 8 })
    await using half = await openHalfrate({ store: ':memory:', emulator: claude })
    const flush = { count: 1_000, bytes: 1_000_000, ageMs: 0 }
    const desk = half.queue('desk', { flush, batchPercent: 50 })
    const keys = Array.from({ length: 12 }, (_, index) => `ticket-${index}`)
    await desk.enqueueAll(keys.map((key) => ({ key, params })))
    await desk.enqueue({ key: 'never worth it', params, route: 'batch' })
    await desk.enqueue({ key: 'now', params, route: 'realtime' })
    const lanes = new Map<string, Lane>()
    for (const key of [...keys, 'never worth it', 'now']) {
      const life = await half.why(key, { queue: 'desk' })
      lanes.set(key, laneOf(life?.request.lane ?? ''))
    }
    expect([lanes.get('never worth it')?.route, lanes.get('now')?.why]).toEqual(['batch', null])
    const called = keys.filter((key) => lanes.get(key)?.route === 'realtime')
    expect(called.map((key) => lanes.get(key)?.why)).toEqual(called.map(() => 'rollout'))
    expect([called.length > 0, called.length < 12]).toEqual([true, true])
    half.start()
    await claude.clock.advance('2h')
    const question = { store: half.store, project: DEFAULT_PROJECT, queue: desk.name, since: 0 }
    const stand = await rolloutOf(question)
    expect(stand).toMatchObject({
      batchPercent: 50,
      batch: { done: 13 - called.length, usable: 13 - called.length },
      realtime: { done: called.length },
      verdict: { next: 100, verdict: 'unsure', reasons: ['too_few'] },
    })
    const [batch, realtime] = [costOfEach(stand.batch), costOfEach(stand.realtime)]
    expect(batch).toBeLessThan(realtime ?? 0)
  })

  test('is told at the door, with whether that is in time; by the rules where its queue says so', async () => {
    await using half = await openHalfrate({ store: ':memory:' })
    const inMinutes = (minutes: number): number => Date.now() + minutes * 60_000
    const near = { params, deadlineAt: inMinutes(30) }
    const asked = half.queue('as-asked')
    expect(await asked.enqueue({ key: 'a', params })).toMatchObject({
      ...{ route: 'batch', isInTime: null },
    })
    const late = await asked.enqueue({ ...near, key: 'near' })
    expect([late.route, late.isInTime]).toEqual(['batch', false])
    const desk = half.queue('desk', { routing: 'rules' })
    const called = await desk.enqueue({ ...near, key: 'near' })
    expect([called.route, called.isInTime]).toEqual(['realtime', true])
    const again = await desk.enqueue({ ...near, key: 'near' })
    expect([again.isNew, again.route]).toEqual([false, null])
    const far = await desk.enqueue({ key: 'far', params, deadlineAt: inMinutes(3_000) })
    expect([far.route, far.isInTime]).toEqual(['batch', true])
    const kept = await desk.enqueue({ ...near, key: 'kept', route: 'batch' })
    expect([kept.route, kept.isInTime]).toEqual(['batch', false])
    const lane = laneOf((await half.why('near', { queue: 'desk' }))?.request.lane ?? '')
    expect([lane.route, lane.why]).toEqual(['realtime', 'deadline'])
    expect(() => half.queue('odd', { routing: 'best' as 'rules' })).toThrow(
      'routing: expected "asked" or "rules", got "best"',
    )
  })
})
