import { describe, expect, test } from 'vitest'
import type { RemoteId } from '../../src/model/ids.js'
import type { RemoteBatch } from '../../src/model/remote-batch.js'
import { type Look, NO_SEARCH } from '../../src/model/submission.js'
import { HOUR_MS, MINUTE_MS } from '../../src/model/time.js'
import { DEFAULT_ENGINE_SETTINGS as settings } from '../../src/policy/engine-settings.js'
import { creationWindow, judgeScan, type ScanFacts } from '../../src/policy/search.js'

const SENT = 100 * HOUR_MS
const NOT_AFTER = SENT + MINUTE_MS
const SETTLED = NOT_AFTER + settings.settleMs
const id = (name: string): RemoteId => name as RemoteId
const look: Look = { newestId: null, serverAt: SENT, storeAt: SENT, workspaceId: 'w' }

function batch(name: string, change: Partial<RemoteBatch> & { n?: number } = {}): RemoteBatch {
  const { n = 7, ...rest } = change
  const counts = { processing: n, succeeded: 0, errored: 0, canceled: 0, expired: 0 }
  const times = { createdAt: SENT, expiresAt: SENT + 24 * HOUR_MS, endedAt: null }
  return {
    id: id(name),
    status: 'in_progress',
    counts,
    ...times,
    cancelInitiatedAt: null,
    archivedAt: null,
    ...rest,
  }
}

function facts(
  at: number,
  change: Partial<Omit<ScanFacts, 'submission'>> & {
    search?: ScanFacts['submission']['search']
    look?: Look
  } = {},
): ScanFacts {
  const { search = NO_SEARCH, look: seen = look, ...rest } = change
  return {
    submission: { look: seen, requestCount: 7, sendNotAfterAt: NOT_AFTER, search },
    survey: { startedAt: at, whole: true, workspaceId: 'w', batches: rest.unidentified ?? [] },
    unidentified: [],
    unreadable: [],
    identified: new Set(),
    ours: [],
    isThere: new Map(),
    onLostAnswer: 'resend',
    fromBackup: false,
    mayDeclare: true,
    ...rest,
  }
}

const clear = { ...NO_SEARCH, scans: 1, clearSince: SETTLED - MINUTE_MS }

describe('judgeScan', () => {
  test('declares lost after two clear scans a minute apart, the later one after the settle window', () => {
    expect(judgeScan(facts(SETTLED, { search: clear }), settings).lost).toEqual({
      possiblyPaid: false,
    })
  })

  test.each([
    ['a single clear scan', facts(SETTLED)],
    [
      'a scan a millisecond before the window ends',
      facts(SETTLED - 1, { search: { ...clear, clearSince: 0 } }),
    ],
    [
      'two scans less than a minute apart',
      facts(SETTLED, { search: { ...clear, clearSince: SETTLED - MINUTE_MS + 1 } }),
    ],
    [
      'a scan that broke off',
      facts(SETTLED, {
        search: clear,
        survey: { startedAt: SETTLED, whole: false, workspaceId: 'w', batches: [] },
      }),
    ],
    [
      'a scan of another workspace',
      facts(SETTLED, {
        search: clear,
        survey: { startedAt: SETTLED, whole: true, workspaceId: 'x', batches: [] },
      }),
    ],
    [
      'a batch of the same count that could be it',
      facts(SETTLED, { search: clear, unidentified: [batch('b')] }),
    ],
    [
      'a list without a batch of ours in the window',
      facts(SETTLED, { search: clear, ours: [{ remoteId: id('ours'), createdAt: SENT }] }),
    ],
    [
      'a list without the batch that was newest before the send',
      facts(SETTLED, { search: clear, look: { ...look, newestId: id('newest') } }),
    ],
    ['waiting as asked', facts(SETTLED, { search: clear, onLostAnswer: 'wait' })],
  ])('does not declare lost on %s', (_name, given) => {
    expect(judgeScan(given, settings).lost).toBeNull()
  })

  test.each([
    ['another count', batch('b', { n: 8 })],
    [
      'a creation before the look, beyond the skew',
      batch('b', { createdAt: SENT - 5 * MINUTE_MS - 1 }),
    ],
    ['a creation after the window', batch('b', { createdAt: SETTLED + 1 })],
  ])('a batch with %s does not block', (_name, other) => {
    expect(
      judgeScan(facts(SETTLED, { search: clear, unidentified: [other] }), settings).lost,
    ).not.toBeNull()
  })

  test('a candidate starts the clear time anew', () => {
    const seen = judgeScan(facts(SETTLED, { search: clear, unidentified: [batch('b')] }), settings)
    expect(seen.search.clearSince).toBeNull()
    const identified = facts(SETTLED + MINUTE_MS, {
      search: seen.search,
      survey: {
        startedAt: SETTLED + MINUTE_MS,
        whole: true,
        workspaceId: 'w',
        batches: [batch('b')],
      },
    })
    const next = judgeScan(identified, settings)
    expect(next.search).toMatchObject({ clearSince: SETTLED + MINUTE_MS, candidates: [] })
    expect(next.lost).toBeNull()
  })

  test('a candidate that leaves the list is missed for six hours in six tries before it counts as vanished', () => {
    let search = judgeScan(facts(SETTLED, { unidentified: [batch('b')] }), settings).search
    const verdicts: (string | null)[] = []
    const isThere = new Map([[id('b'), false]])
    for (let hour = 1; hour <= 8; hour += 1) {
      const decision = judgeScan(facts(SETTLED + hour * HOUR_MS, { search, isThere }), settings)
      search = decision.search
      verdicts.push(decision.vanished[0] ?? null)
    }
    expect(verdicts).toEqual([null, null, null, null, null, null, 'b', null])
    const last = judgeScan(facts(SETTLED + 9 * HOUR_MS, { search }), settings)
    expect(last.lost).toEqual({ possiblyPaid: true })
  })

  test('a batch that the list lacks for days is not gone while it answers by its id, or says nothing clear', () => {
    let search = judgeScan(
      facts(SETTLED, { ours: [{ remoteId: id('o'), createdAt: SENT }] }),
      settings,
    ).search
    const ours = [{ remoteId: id('o'), createdAt: SENT }]
    const answers = [true, false, false, true, ...Array<undefined>(20)]
    for (const [hour, answer] of answers.entries()) {
      const isThere = new Map(answer === undefined ? [] : [[id('o'), answer] as const])
      const at = SETTLED + (hour + 1) * HOUR_MS
      const decision = judgeScan(facts(at, { search, ours, isThere }), settings)
      expect(decision).toMatchObject({ valid: false, lost: null })
      search = decision.search
    }
    expect(search.missing).toEqual([
      { remoteId: 'o', firstMissingAt: SETTLED + 4 * HOUR_MS, tries: 1 },
    ])
  })

  test('an ended candidate without one readable line blocks until three fetches over an hour', () => {
    const ended = batch('b', { status: 'ended' })
    const unreadable = [{ remoteId: ended.id, gone: false }]
    let search = NO_SEARCH
    for (const minutes of [0, 30, 59]) {
      const decision = judgeScan(
        facts(SETTLED + minutes * MINUTE_MS, { search, unidentified: [ended], unreadable }),
        settings,
      )
      search = decision.search
      expect(decision.vanished).toEqual([])
    }
    const decision = judgeScan(
      facts(SETTLED + HOUR_MS, { search, unidentified: [ended], unreadable }),
      settings,
    )
    expect(decision.vanished).toEqual(['b'])
  })

  test('an hour of 404s of its file says nothing of what stands in it: answers without a line are counted anew', () => {
    const ended = batch('b', { status: 'ended' })
    let search = NO_SEARCH
    const verdicts: boolean[] = []
    for (const [minutes, gone] of [
      [0, true],
      [30, true],
      [59, true],
      [60, false],
      [61, false],
      [90, true],
      [119, false],
      [120, false],
    ] as const) {
      const unreadable = [{ remoteId: ended.id, gone }]
      const at = SETTLED + minutes * MINUTE_MS
      const decision = judgeScan(facts(at, { search, unidentified: [ended], unreadable }), settings)
      search = decision.search
      verdicts.push(decision.vanished.length > 0)
    }
    expect(verdicts).toEqual([...Array<boolean>(7).fill(false), true])
  })

  test('a file that is there in between was not missing for six hours', () => {
    const ended = batch('b', { status: 'ended' })
    const scans = [true, true, true, false, true, true, true, true, true, true, true]
    let search = NO_SEARCH
    const verdicts = scans.map((gone, hour) => {
      const unreadable = [{ remoteId: ended.id, gone }]
      const at = SETTLED + hour * HOUR_MS
      const decision = judgeScan(facts(at, { search, unidentified: [ended], unreadable }), settings)
      search = decision.search
      return decision.vanished.length > 0
    })
    expect(verdicts.indexOf(true)).toBe(10)
  })

  test('a try that says nothing leaves what was counted as it is', () => {
    const ended = batch('b', { status: 'ended' })
    const scans = [true, true, null, true, true, true, true]
    let search = NO_SEARCH
    const verdicts = scans.map((gone, hour) => {
      const unreadable = gone === null ? [] : [{ remoteId: ended.id, gone }]
      const at = SETTLED + hour * HOUR_MS
      const decision = judgeScan(facts(at, { search, unidentified: [ended], unreadable }), settings)
      search = decision.search
      return decision.vanished.length > 0
    })
    expect(verdicts.indexOf(true)).toBe(6)
  })

  const vanished = {
    remoteId: id('b'),
    createdAt: SENT,
    unreadableFetches: 3,
    firstUnreadableAt: SENT,
    vanished: true,
  }

  test.each([
    ['still listed', [batch('b', { status: 'ended' })], []],
    ['no longer listed', [], [id('b')]],
  ])(
    'a vanished candidate that turned out to be a stranger’s is none, %s',
    (_name, batches, ids) => {
      const search = { ...clear, candidates: [vanished] }
      const survey = { startedAt: SETTLED, whole: true, workspaceId: 'w', batches }
      const decision = judgeScan(
        facts(SETTLED, { search, survey, identified: new Set(ids) }),
        settings,
      )
      expect(decision.search.candidates).toEqual([])
      expect(decision.lost).toEqual({ possiblyPaid: false })
    },
  )

  test('a candidate that is known by now need not be in the list', () => {
    const search = { ...NO_SEARCH, candidates: [{ ...vanished, vanished: false }] }
    const identified = new Set([id('b')])
    expect(judgeScan(facts(SETTLED, { search }), settings).valid).toBe(false)
    expect(judgeScan(facts(SETTLED, { search, identified }), settings)).toMatchObject({
      valid: true,
      search: { candidates: [], missing: [] },
    })
  })
})

describe('creationWindow', () => {
  test('runs on the provider clock, from the look to the last byte and the settle window', () => {
    const skewed: Look = { ...look, serverAt: 50, storeAt: 1_000 }
    expect(creationWindow({ look: skewed, sendNotAfterAt: 1_500 }, 100, 10)).toEqual({
      from: 40,
      to: 650,
    })
  })
})

describe('judgeScan, where a person decides', () => {
  const asked = { ...clear, scans: 2, askingSince: SETTLED }

  test.each([
    ['by the policy', { onLostAnswer: 'ask' }],
    ['after a restore, whatever the policy', { fromBackup: true }],
  ] as const)('asks instead of declaring lost: %s', (_, change) => {
    const decision = judgeScan(facts(SETTLED, { search: clear, ...change }), settings)
    expect(decision.lost).toBeNull()
    expect(decision.search.askingSince).toBe(SETTLED)
  })

  test('asks only when the settle window of the policy is over', () => {
    const early = facts(SETTLED, { search: clear, onLostAnswer: 'wait', fromBackup: true })
    expect(judgeScan(early, settings).search.askingSince).toBeUndefined()
    const at = NOT_AFTER + settings.settleWaitMs
    const late = facts(at, { search: clear, onLostAnswer: 'wait', fromBackup: true })
    expect(judgeScan(late, settings).search.askingSince).toBe(at)
  })

  test('goes on asking since the same instant while the scans say the same', () => {
    const later = facts(SETTLED + HOUR_MS, { search: asked, onLostAnswer: 'ask' })
    expect(judgeScan(later, settings).search.askingSince).toBe(SETTLED)
  })

  test('takes the question back when a batch shows up that could be it, but not for a scan that broke off', () => {
    const shown = facts(SETTLED + HOUR_MS, {
      search: asked,
      onLostAnswer: 'ask',
      unidentified: [batch('x')],
    })
    expect(judgeScan(shown, settings).search.askingSince).toBeUndefined()
    const cut = facts(SETTLED + HOUR_MS, {
      search: asked,
      onLostAnswer: 'ask',
      survey: { startedAt: SETTLED + HOUR_MS, whole: false, workspaceId: 'w', batches: [] },
    })
    expect(judgeScan(cut, settings).search.askingSince).toBe(SETTLED)
  })

  test('declares nothing lost before the look at start-up, which may show that the store was restored', () => {
    const early = facts(SETTLED, { search: clear, mayDeclare: false })
    expect(judgeScan(early, settings)).toMatchObject({ lost: null, valid: true })
  })
})
