import { expect, test } from 'vitest'
import type { RemoteId } from '../../src/model/ids.js'
import { DAY_MS, MINUTE_MS } from '../../src/model/time.js'
import { DEFAULT_ENGINE_SETTINGS as settings } from '../../src/policy/engine-settings.js'
import { type LookFacts, lookedThrough } from '../../src/policy/looked-through.js'

const NOW = 40 * DAY_MS

function batch(
  id: string,
  createdAt: number,
  change: Partial<LookFacts['unidentified'][number]> = {},
): LookFacts['unidentified'][number] {
  return { id: id as RemoteId, status: 'ended', createdAt, archivedAt: null, ...change }
}

test('a list in which all is known was looked through until now', () => {
  const found = lookedThrough({ unidentified: [], unreadable: [] }, settings, NOW)
  expect(found).toEqual({ identifiedAt: NOW, nextAt: NOW + DAY_MS })
})

test('a batch that could not be asked about holds the look back to its creation, and is asked about soon', () => {
  const unidentified = [batch('b', 20 * DAY_MS), batch('a', 18 * DAY_MS)]
  const found = lookedThrough({ unidentified, unreadable: [] }, settings, NOW)
  expect(found).toEqual({ identifiedAt: 18 * DAY_MS, nextAt: NOW + 10 * MINUTE_MS })
})

test('one that answers and can not be read is asked about daily', () => {
  const facts = {
    unidentified: [batch('a', 18 * DAY_MS)],
    unreadable: [{ remoteId: 'a' as RemoteId }],
  }
  expect(lookedThrough(facts, settings, NOW)).toEqual({
    identifiedAt: 18 * DAY_MS,
    nextAt: NOW + DAY_MS,
  })
})

test.each([
  ['runs', batch('a', 39.5 * DAY_MS, { status: 'in_progress' })],
  ['is archived', batch('a', 18 * DAY_MS, { archivedAt: 19 * DAY_MS })],
  ['is older than results are kept', batch('a', 11 * DAY_MS)],
])('one that %s holds nothing back', (_, unknown) => {
  const found = lookedThrough({ unidentified: [unknown], unreadable: [] }, settings, NOW)
  expect(found).toEqual({ identifiedAt: NOW, nextAt: NOW + DAY_MS })
})
