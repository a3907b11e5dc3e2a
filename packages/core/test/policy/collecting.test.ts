import { describe, expect, test } from 'vitest'
import { type Collecting, NO_COLLECTING } from '../../src/model/submission.js'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/model/time.js'
import { type CollectFacts, decideCollect, nextFetchAt } from '../../src/policy/collecting.js'
import { DEFAULT_ENGINE_SETTINGS as settings } from '../../src/policy/engine-settings.js'

const counts = { processing: 0, succeeded: 3, errored: 1, canceled: 0, expired: 1 }
const nothing = { processing: 5, succeeded: 0, errored: 0, canceled: 0, expired: 0 }
const paidOnly = { ...counts, processing: 2, errored: 0, expired: 0 }
const oneShort = { ...counts, processing: 1, succeeded: 2 }
const triedEnough: Collecting = { ...NO_COLLECTING, completeFetches: 3, firstCompleteAt: 0 }
const missing: Collecting = { ...NO_COLLECTING, missingAnswers: 6, firstMissingAt: 0 }

function facts(
  change: Partial<CollectFacts['submission']>,
  stored = nothing,
  live = 5,
): CollectFacts {
  const submission = {
    counts,
    collecting: NO_COLLECTING,
    remoteArchivedAt: null,
    remoteCreatedAt: 0,
    ...change,
  }
  return { submission, stored, live, isUnlisted: false }
}

describe('decideCollect', () => {
  test('closes only when every type is counted alike', () => {
    expect(decideCollect(facts({}, counts), settings, 0)).toEqual({ type: 'close' })
    expect(decideCollect(facts({}, oneShort), settings, 0)).toEqual({ type: 'fetch' })
  })

  test('counts that the provider has not settled prove nothing', () => {
    const unsettled = { ...counts, processing: 1 }
    expect(decideCollect(facts({ counts: unsettled }, counts), settings, 0)).toEqual({
      type: 'fetch',
    })
    expect(decideCollect(facts({ counts: null }, counts), settings, 0)).toEqual({ type: 'fetch' })
  })

  test.each([
    ['two complete fetches', { ...triedEnough, completeFetches: 2 }, HOUR_MS],
    ['three within less than an hour', triedEnough, HOUR_MS - 1],
  ])('goes on fetching after %s', (_name, collecting, now) => {
    expect(decideCollect(facts({ collecting }, paidOnly), settings, now)).toEqual({ type: 'fetch' })
  })

  test('after three complete fetches over an hour, what was not paid goes back to waiting', () => {
    const given = facts({ collecting: triedEnough }, paidOnly)
    expect(decideCollect(given, settings, HOUR_MS)).toEqual({ type: 'requeue' })
  })

  test('a paid row that is missing is tried for for a day more, and then the rest fails', () => {
    const given = facts({ collecting: { ...triedEnough, completeFetches: 12 } }, oneShort)
    expect(decideCollect(given, settings, DAY_MS - 1)).toEqual({ type: 'fetch' })
    expect(decideCollect(given, settings, DAY_MS)).toEqual({ type: 'fail_rest', final: false })
  })

  test('days in which no worker lived are no tries: a paid row is still tried for after them', () => {
    const given = facts({ collecting: { ...triedEnough, completeFetches: 11 } }, oneShort)
    expect(decideCollect(given, settings, 9 * DAY_MS)).toEqual({ type: 'fetch' })
    const gone = facts({ collecting: { ...missing, missingAnswers: 11 } }, oneShort)
    expect(decideCollect(gone, settings, 9 * DAY_MS)).toEqual({ type: 'fetch' })
  })

  test('with its members failed the file is still tried, until the provider drops it', () => {
    const given = facts({ collecting: triedEnough }, oneShort, 0)
    expect(decideCollect(given, settings, 2 * DAY_MS)).toMatchObject({ type: 'fetch' })
    expect(decideCollect(given, settings, 29 * DAY_MS)).toEqual({ type: 'fail_rest', final: true })
  })

  test('where nobody waits for a file, what is missing of it is in doubt as soon as it was tried enough', () => {
    const given = facts({ collecting: triedEnough }, oneShort, 0)
    expect(decideCollect(given, settings, HOUR_MS - 1)).toEqual({ type: 'fetch' })
    expect(decideCollect(given, settings, HOUR_MS)).toEqual({ type: 'fetch', inDoubt: true })
    const waited = facts({ collecting: triedEnough }, oneShort, 1)
    expect(decideCollect(waited, settings, HOUR_MS)).toEqual({ type: 'fetch' })
  })

  test('a file that heals within six hours was not gone', () => {
    const given = facts({ collecting: missing }, paidOnly)
    expect(decideCollect(given, settings, 6 * HOUR_MS - 1)).toEqual({ type: 'fetch' })
    expect(decideCollect(given, settings, 6 * HOUR_MS)).toEqual({ type: 'requeue' })
  })

  test('five 404s in any time are not enough to be gone', () => {
    const given = facts({ collecting: { ...missing, missingAnswers: 5 } }, paidOnly)
    expect(decideCollect(given, settings, DAY_MS)).toEqual({ type: 'fetch' })
  })

  test('a file that stays missing fails the rest after a day, and is given up only with its batch', () => {
    const given = facts({ collecting: { ...missing, missingAnswers: 12 } }, oneShort)
    const day = settings.lostResultMs
    expect(decideCollect(given, settings, day - 1)).toEqual({ type: 'fetch' })
    expect(decideCollect(given, settings, day)).toEqual({ type: 'fail_rest', final: false })
    expect(decideCollect({ ...given, live: 0 }, settings, day)).toEqual({
      type: 'fetch',
      inDoubt: true,
    })
    const deleted = { ...given, live: 0, isUnlisted: true }
    expect(decideCollect(deleted, settings, day)).toEqual({ type: 'fail_rest', final: true })
  })

  test('archived results with paid rows missing fail the rest at once', () => {
    const given = facts({ remoteArchivedAt: 1 }, oneShort)
    expect(decideCollect(given, settings, 2)).toEqual({ type: 'fail_rest', final: true })
  })
})

describe('nextFetchAt', () => {
  const at = (collecting: Collecting, live = 1): number =>
    nextFetchAt({ collecting, live, jitter: 0.999 }, settings, 0)

  test('is now for the first fetch, and spread over an hour for a short file', () => {
    expect(at(NO_COLLECTING)).toBe(0)
    expect(at({ ...triedEnough, completeFetches: 1 })).toBe(20 * MINUTE_MS)
    expect(at(triedEnough)).toBe(HOUR_MS)
  })

  test('backs off while it fails, so that six tries fit into six hours', () => {
    const waits = [1, 2, 5, 10, 50].map((failures) =>
      at({ ...NO_COLLECTING, failedFetches: failures }),
    )
    expect(waits).toEqual([...waits].sort((a, b) => a - b))
    expect(waits.at(-1)).toBeLessThanOrEqual(HOUR_MS)
  })

  test('is daily once no member waits for it', () => {
    expect(at(triedEnough, 0)).toBe(DAY_MS)
  })
})
