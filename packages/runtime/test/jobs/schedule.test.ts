import { ConfigError, DEFAULT_PROJECT, type QueueName, queueSetting } from '@halfrate/core'
import { type Emulator, startEmulator } from '@halfrate/emulator'
import { describe, expect, test } from 'vitest'
import {
  type Halfrate,
  openHalfrate,
  type PolicyChanges,
  type QueueOptions,
  writeQueuePolicy,
} from '../../src/index.js'
import { rowOf, temporaryStore } from './open-jobs.js'

const nightly = (timeZone: string): QueueOptions => ({
  flush: { schedule: '30 2 * * *', timeZone },
})

async function claudeFrom(instant: string): Promise<Emulator> {
  return await startEmulator({ seed: 7, clock: { start: Date.parse(instant) } })
}

/** When batches were accepted, to the minute, and how large they were. */
function batchesOf(claude: Emulator): readonly (readonly [string, number])[] {
  return claude.ledger
    .accepted()
    .map((batch) => [
      new Date(batch.createdAt).toISOString().slice(0, 16),
      batch.customIds().length,
    ])
}

async function enqueue(half: Halfrate, ...keys: readonly string[]): Promise<void> {
  await half.queue('nightly').enqueueAll(keys.map((key) => rowOf(key, 'hello')))
}

describe('a queue with a schedule', () => {
  test.each([
    [
      'Australia/Sydney, when clocks go forward',
      ...(['Australia/Sydney', '2026-10-02T14:20:00Z'] as const),
      ['2026-10-02T16:30', '2026-10-03T16:00', '2026-10-04T15:30'],
    ],
    [
      'Europe/Berlin, when clocks go back',
      ...(['Europe/Berlin', '2026-10-23T22:20:00Z'] as const),
      ['2026-10-24T00:30', '2026-10-25T00:30', '2026-10-26T01:30'],
    ],
  ])('sends once a night in %s', async (_, timeZone, from, nights) => {
    await using claude = await claudeFrom(from)
    await using half = await openHalfrate({ store: ':memory:', emulator: claude })
    half.queue('nightly', nightly(timeZone))
    for (const [night] of nights.entries()) {
      await enqueue(half, `a${night}`, `b${night}`)
      await claude.clock.advance('1h')
      await half.start()
      await claude.clock.advance('150m')
      await half.stop()
      await claude.clock.advance('20h30m')
    }
    expect(batchesOf(claude)).toEqual(nights.map((night) => [night, 2]))
  })

  test('sends at once, and once, what a slot was missed for, and keeps what came after it', async () => {
    await using claude = await claudeFrom('2026-11-20T12:00:00Z')
    const store = temporaryStore()
    {
      await using half = await openHalfrate({ store, emulator: claude })
      half.queue('nightly', nightly('UTC'))
      await enqueue(half, 'a', 'b')
    }
    await claude.clock.advance('62h')
    await using half = await openHalfrate({ store, emulator: claude })
    await half.tick({ maxMs: 60_000 })
    expect(batchesOf(claude)).toEqual([['2026-11-23T02:00', 2]])
    await enqueue(half, 'c')
    const { nextDueAt } = await half.tick({ maxMs: 60_000 })
    expect(batchesOf(claude)).toHaveLength(1)
    expect(nextDueAt).toBeLessThanOrEqual(Date.parse('2026-11-23T02:30:00Z'))
    await claude.clock.advance('40m')
    await half.tick({ maxMs: 60_000 })
    expect(batchesOf(claude)).toEqual([
      ['2026-11-23T02:00', 2],
      ['2026-11-23T02:40', 1],
    ])
  })

  test('takes sizes that are set one by one beside its schedule, and gives it up for a whole rule', async () => {
    await using claude = await claudeFrom('2026-11-20T12:00:00Z')
    await using half = await openHalfrate({ store: ':memory:', emulator: claude })
    const schedule = { schedule: '30 2 * * *', timeZone: 'UTC' }
    const sizes = { count: 5, bytes: 1_000, ageMs: 60_000 }
    const write = async (flush: PolicyChanges['flush']): Promise<unknown> => {
      const target = { store: half.store, project: DEFAULT_PROJECT, queue: 'nightly' as QueueName }
      return (await writeQueuePolicy({ ...target, changes: { flush } })).flush
    }
    expect(await write(schedule)).toEqual(schedule)
    expect(await write({ count: 500 })).toEqual({ ...schedule, count: 500 })
    expect(await write(sizes)).toEqual(sizes)
    expect(await write({ count: 7 })).toEqual({ ...sizes, count: 7 })
    expect(await write(schedule)).toEqual(schedule)
  })

  test('has its schedule in the stored policy, where every process reads it', async () => {
    await using claude = await claudeFrom('2026-11-20T12:00:00Z')
    const store = temporaryStore()
    await using half = await openHalfrate({ store, emulator: claude })
    half.queue('nightly', nightly('Europe/Berlin'))
    await enqueue(half, 'a')
    const stored = await half.store.getSetting(
      queueSetting(DEFAULT_PROJECT, 'nightly' as QueueName),
    )
    expect(stored?.value).toMatchObject({
      flush: { schedule: '30 2 * * *', timeZone: 'Europe/Berlin' },
    })
  })

  test.each([
    [{ schedule: '30 2 * *', timeZone: 'UTC' }, 'flush.schedule: expected five fields'],
    [{ schedule: '30 2 31 2 *', timeZone: 'UTC' }, 'flush.schedule: expected one that occurs'],
    [{ schedule: '30 2 * * *', timeZone: 'Mars/Olympus' }, 'flush.timeZone: expected a time zone'],
    [{ schedule: '30 2 * * *' }, 'flush.timeZone: expected a time zone'],
    [{ count: 0, bytes: 1, ageMs: 0 }, 'flush.count: expected a whole number'],
  ])('is refused at once with %j', async (flush, message) => {
    await using claude = await claudeFrom('2026-11-20T12:00:00Z')
    await using half = await openHalfrate({ store: ':memory:', emulator: claude })
    const policy = { flush } as QueueOptions
    expect(() => half.queue('nightly', policy)).toThrow(message)
    expect(() => half.queue('nightly', policy)).toThrow(ConfigError)
    const opened = openHalfrate({ store: ':memory:', emulator: claude, queuePolicy: policy })
    await expect(opened).rejects.toThrow(message)
  })

  test('whose stored schedule makes no sense waits and says why, and holds nothing else up', async () => {
    await using claude = await claudeFrom('2026-11-20T12:00:00Z')
    const told: string[] = []
    await using half = await openHalfrate({
      ...{ store: ':memory:', emulator: claude },
      observer: {
        onEvent: (event) => {
          if (event.type === 'step_failed') told.push(event.message)
        },
      },
    })
    const name = queueSetting(DEFAULT_PROJECT, 'nightly' as QueueName)
    const value = { flush: { schedule: 'at night', timeZone: 'UTC' } }
    await half.store.putSetting({ ...name, value, ifVersion: null })
    await enqueue(half, 'a')
    const job = await half.run('other', [rowOf('b', 'hello')])
    await claude.clock.advance('2h')
    expect(await job.report()).toMatchObject({ succeeded: 1 })
    expect(told[0]).toContain('flush.schedule: expected five fields of cron')
    expect(batchesOf(claude)).toHaveLength(1)
  })
})
