import {
  MAX_INCIDENT_CREATES,
  type ProviderError,
  pauseSetting,
  poisonSetting,
} from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { anIntakeRow } from '../../src/index.js'
import { EngineBench, type SeenCreate } from './engine-bench.js'

const POISON = 'drop of poison'
const BAD: Partial<ProviderError> = {
  status: 400,
  type: 'invalid_request_error',
  message: 'requests.7: something is wrong',
}
const isCanary = (create: SeenCreate): boolean => create.body.includes('halfrate-canary')

async function bench(): Promise<EngineBench> {
  const made = new EngineBench()
  await made.setPolicy()
  made.refuse = ({ body }) => (body.includes(POISON) ? BAD : null)
  return made
}

function rows(count: number, ...poisoned: readonly number[]): readonly string[] {
  return Array.from({ length: count }, (_, row) =>
    poisoned.includes(row) ? `${POISON} ${row}` : `row ${row}`,
  )
}

function mostInAnHour(creates: readonly SeenCreate[]): number {
  const within = creates.map(
    ({ at: from }) => creates.filter(({ at }) => at >= from && at < from + 3_600_000).length,
  )
  return Math.max(...within)
}

async function ends(made: EngineBench): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { state, verdict } of await made.requests()) {
    const end = verdict === null ? state : `${verdict.status} ${verdict.reason}`
    counts[end] = (counts[end] ?? 0) + 1
  }
  return counts
}

describe('a batch that is refused because of something in it', () => {
  test('is halved until the culprit stands alone; one among 2,000 costs less than 64 creates', async () => {
    const made = await bench()
    await made.enqueue(...rows(2_000, 1_234))
    await made.pass(30)
    expect(await ends(made)).toEqual({ assigned: 1_999, 'failed rejected': 1 })
    const culprit = (await made.requests()).find(({ state }) => state === 'done')
    expect(culprit?.verdict?.detail).toBe('invalid_request_error: requests.7: something is wrong')
    expect(culprit?.failureCount).toBe(0)
    expect(made.creates.length).toBeLessThan(MAX_INCIDENT_CREATES)
    expect(made.creates.filter(isCanary).length).toBeLessThanOrEqual(2)
    // Halves that were taken are real work: nobody was sent twice to a batch that was taken.
    const taken = made.creates.filter(
      ({ body }) => !body.includes(POISON) && !body.includes('canary'),
    )
    expect(taken.reduce((sum, { count }) => sum + count, 0)).toBe(1_999)
  })

  test('is halved only after a canary was taken, and nobody fails while none is', async () => {
    const made = await bench()
    made.refuse = () => BAD
    await made.enqueue(...rows(100))
    await made.work()
    expect(made.creates.map(({ count }) => count)).toEqual([100, 1])
    expect((await made.pauses()).automatic).toMatchObject([{ reason: 'batches_refused' }])
    await made.pass(120)
    expect(await ends(made)).toEqual({ waiting: 100 })
    // A probe and its canary every quarter of an hour.
    expect(made.creates.length).toBeLessThanOrEqual(2 + 2 * 8)
    made.refuse = () => null
    await made.pass(16)
    expect(await ends(made)).toEqual({ assigned: 100 })
    expect((await made.pauses()).automatic).toEqual([])
  })

  test('that holds a single request fails it, if a canary is taken and it still is not', async () => {
    const made = await bench()
    await made.enqueue(POISON)
    await made.pass(2)
    expect(await ends(made)).toEqual({ 'failed rejected': 1 })
    expect(made.creates.map(({ count }) => count)).toEqual([1, 1])
  })

  test('rests for an hour when 64 creates did not find every culprit, and goes on after it', async () => {
    const made = await bench()
    const poisoned = Array.from({ length: 12 }, (_, index) => index * 17)
    await made.enqueue(...rows(200, ...poisoned))
    await made.pass(30)
    expect(made.creates.length).toBeLessThanOrEqual(MAX_INCIDENT_CREATES)
    expect(made.eventsOf('alarm').map(({ code }) => code)).toContain('batches_refused')
    const before = made.creates.length
    await made.pass(15)
    expect(made.creates).toHaveLength(before)
    await made.pass(60 * 3)
    expect(await ends(made)).toEqual({ assigned: 188, 'failed rejected': 12 })
  })

  test('costs 64 creates in an hour, however many batches were refused to begin with', async () => {
    const made = await bench()
    await made.setPolicy({ maxBatchRequests: 20 })
    const poisoned = Array.from({ length: 20 }, (_, index) => index * 20 + 7)
    await made.enqueue(...rows(400, ...poisoned))
    await made.pass(60 * 5)
    expect(await ends(made)).toEqual({ assigned: 380, 'failed rejected': 20 })
    const firstAt = made.creates[0]?.at ?? 0
    const inVain = made.creates.filter((each) => isCanary(each) || each.body.includes(POISON))
    expect(mostInAnHour(inVain)).toBeLessThanOrEqual(MAX_INCIDENT_CREATES)
    expect(made.creates.filter(({ at }) => at < firstAt + 3_600_000)).toHaveLength(64)
    const alarms = made.eventsOf('alarm').filter(({ code }) => code === 'batches_refused')
    expect(alarms.length).toBeGreaterThan(1)
    expect(alarms.length).toBeLessThanOrEqual(Math.ceil(made.creates.length / 64))
  })

  test('keeps back new work of its lane while it rests, and nothing of it is lost or counted against it', async () => {
    const made = await bench()
    await made.setPolicy({ maxBatchRequests: 10 })
    const every = Array.from({ length: 70 }, (_, index) => index * 10)
    await made.enqueue(...rows(700, ...every))
    await made.pass(5)
    const before = made.creates.length
    expect(before).toBe(MAX_INCIDENT_CREATES)
    await made.enqueue('new work')
    await made.pass(50)
    expect(made.creates).toHaveLength(before)
    const fresh = (await made.requests()).at(-1)
    expect(fresh).toMatchObject({ state: 'waiting', failureCount: 0, batchLimit: null })
    made.refuse = () => null
    await made.pass(10)
    expect(await ends(made)).toEqual({ assigned: 701 })
  })

  test('costs nothing by work that was taken meanwhile, as much as it may be', async () => {
    const made = await bench()
    await made.enqueue(...rows(10, 3))
    await made.pass(1)
    for (let count = 0; count < 2 * MAX_INCIDENT_CREATES; count += 1) {
      await made.enqueue(`fine ${count}`)
      await made.work()
    }
    const incidents = (await made.store.getSetting(poisonSetting(made.account)))?.value
    expect(incidents).toMatchObject({ incidents: [{ exhaustedAt: null }] })
    await made.pass(5)
    expect(await ends(made)).toEqual({ assigned: 137, 'failed rejected': 1 })
  })

  test('is gone on with by the next process when one dies in the middle', async () => {
    const made = await bench()
    await made.enqueue(...rows(64, 50))
    for (let minute = 0; minute < 40; minute += 1) {
      made.restart()
      await made.pass(1)
    }
    expect(await ends(made)).toEqual({ assigned: 63, 'failed rejected': 1 })
    expect(made.creates.length).toBeLessThan(MAX_INCIDENT_CREATES)
  })

  test('waits while its canary has no answer, and sends nothing meanwhile', async () => {
    const made = await bench()
    await made.enqueue(...rows(10, 3))
    made.transport.script(
      'createBatch',
      { type: 'refused', error: { ...BLANK, ...BAD } },
      { type: 'ambiguous', error: { ...BLANK, message: 'reset' } },
    )
    await made.work()
    expect(await ends(made)).toEqual({ assigned: 10 })
    await made.pass(30)
    expect(await ends(made)).toEqual({ assigned: 9, 'failed rejected': 1 })
  })

  test('sends no canary while somebody paused the account', async () => {
    const made = await bench()
    await made.enqueue(...rows(10, 3))
    const hand = { since: 0, note: null }
    made.refuse = () => {
      void made.set(pauseSetting(made.account), { hand, automatic: [] })
      return BAD
    }
    await made.pass(10)
    expect(made.creates.map(({ count }) => count)).toEqual([10])
    expect(await ends(made)).toEqual({ waiting: 10 })
  })
})

describe('what is wrong with a batch by itself', () => {
  test('is found before anybody is asked: a broken item fails, the others go on', async () => {
    const made = await bench()
    made.refuse = ({ body }) => (body.includes('{]') ? BAD : null)
    const fine = rows(5).map((text) => anIntakeRow({ key: text }))
    await made.put([...fine, anIntakeRow({ key: 'broken', bodyText: '"messages":{]' })])
    await made.pass(1)
    expect(await ends(made)).toEqual({ assigned: 5, 'failed rejected': 1 })
    expect(made.creates.filter(isCanary)).toHaveLength(0)
    expect((await made.requests()).at(-1)?.verdict?.detail).toBe('not_json')
  })

  test('half a character is sent alone, for the provider to judge', async () => {
    const made = await bench()
    made.refuse = ({ body }) => (body.includes('\\ud800') ? BAD : null)
    const fine = rows(50).map((text) => anIntakeRow({ key: text }))
    const half = anIntakeRow({ key: 'half', bodyText: '"messages":"\\ud800"' })
    await made.put([...fine, half])
    await made.pass(2)
    expect(await ends(made)).toEqual({ assigned: 50, 'failed rejected': 1 })
    expect(made.creates.map(({ count }) => count).sort()).toEqual([1, 50, 51])
  })
})

describe('a batch that is too large for the provider', () => {
  test('is split by bytes, and what is too large alone fails', async () => {
    const made = await bench()
    const large = anIntakeRow({ key: 'large', bodyText: `"messages":"${'x'.repeat(30_000)}"` })
    const small = rows(100).map((text) =>
      anIntakeRow({ key: text, bodyText: `"messages":"${'y'.repeat(500)}"` }),
    )
    made.refuse = ({ body }) => (body.length > 20_000 ? { status: 413 } : null)
    await made.put([...small, large])
    await made.pass(30)
    expect(await ends(made)).toEqual({ assigned: 100, 'failed rejected': 1 })
    expect(made.creates.length).toBeLessThan(30)
    // What was learned holds for what comes next.
    const before = made.creates.length
    await made.put(
      rows(100).map((text) =>
        anIntakeRow({ key: `more ${text}`, bodyText: `"messages":"${'z'.repeat(500)}"` }),
      ),
    )
    await made.pass(2)
    expect(made.creates.slice(before).every(({ body }) => body.length <= 20_000)).toBe(true)
    expect((await made.store.getSetting(poisonSetting(made.account)))?.value).toMatchObject({
      incidents: [{ maxBytes: expect.any(Number) }],
    })
  })
})

const BLANK: ProviderError = {
  status: null,
  type: null,
  code: null,
  message: '',
  requestId: null,
  retryAfterMs: null,
}
