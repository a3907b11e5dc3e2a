import { startEmulator } from '@halfrate/emulator'
import { describe, expect, test } from 'vitest'
import { openHalfrate } from '../src/index.js'

const MINUTE_MS = 60_000
const messages = [{ role: 'user', content: 'Is it on fire?' }]
const params = { model: 'claude-haiku-4-5', max_tokens: 500, messages }

describe('half.route', () => {
  test('says of each kind of request how it is best sent, why, and what both routes cost, and keeps nothing', async () => {
    await using claude = await startEmulator({ seed: 7 })
    await using half = await openHalfrate({ store: ':memory:', emulator: claude })
    const now = Math.ceil(half.clock.now() / 1_000) * 1_000
    const inMinutes = (minutes: number): number => now + minutes * MINUTE_MS
    const report = await half.route(
      [
        { key: 'some day', params },
        { key: 'asked', params, route: 'realtime' },
        { key: 'tonight', params, deadlineAt: inMinutes(600) },
        { key: 'soon', params, deadlineAt: inMinutes(20) },
        { key: 'soon too', params, deadlineAt: inMinutes(25) },
        { key: 'now', params, deadlineAt: inMinutes(0.5) },
      ],
      { queue: 'desk' },
    )
    expect(report.advised).toMatchObject([
      { route: null, reason: 'deadline_too_near', rows: 1, isInTime: false },
      {
        route: 'realtime',
        reason: 'deadline_near',
        rows: 2,
        wantedAt: inMinutes(20),
        isInTime: true,
      },
      { route: 'batch', reason: 'default', rows: 1, wantedAt: inMinutes(600), isInTime: true },
      { route: 'batch', reason: 'default', rows: 1, wantedAt: null, isInTime: null },
      { route: 'realtime', reason: 'asked', rows: 1, wantedAt: null, isInTime: null },
    ])
    expect(report).toMatchObject({ rows: 6, turnaround: { from: 'prior' } })
    const { batch, realtime } = report.costs
    expect(Number(realtime.highUsd)).toBeCloseTo(2 * Number(batch.highUsd), 6)
    expect(await half.why('soon', { queue: 'desk' })).toBeNull()
  })

  test('lets whoever waits have real time, and counts the calls that go before', async () => {
    await using half = await openHalfrate({ store: ':memory:' })
    const long = { ...params, max_tokens: 64_000 }
    const many = Array.from({ length: 17 }, (_, number) => ({ key: `k${number}`, params: long }))
    const waited = await half.route(many, { waiting: true })
    expect(waited.advised).toMatchObject([{ route: 'realtime', reason: 'waiting', rows: 17 }])
    // A call of so many tokens may take 10 minutes; sixteen go at once.
    const by = new Date(half.clock.now() + 15 * MINUTE_MS).toISOString()
    const sixteen = await half.route(many.slice(1), { by })
    expect(sixteen.advised).toMatchObject([{ route: 'realtime', isInTime: true }])
    const seventeen = await half.route(many, { by })
    expect(seventeen.advised).toMatchObject([{ route: null, reason: 'deadline_too_near' }])
  })

  test('refuses options that it does not know', async () => {
    await using half = await openHalfrate({ store: ':memory:' })
    const row = { key: 'a', params }
    await expect(half.route([row], { wait: true } as object)).rejects.toThrow('wait')
    await expect(half.route([row], { timeZone: 'UTC' })).rejects.toThrow('timeZone goes with by')
    await expect(half.route([{ ...row, route: 'fast' as 'batch' }])).rejects.toMatchObject({
      rule: 'invalid_route',
    })
  })
})
