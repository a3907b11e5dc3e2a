import { expect, test } from 'vitest'
import { MINUTE_MS } from '../../src/model/time.js'
import { acceptedAfterMs, isAcceptedLate } from '../../src/policy/acceptance.js'
import { DEFAULT_ENGINE_SETTINGS as settings } from '../../src/policy/engine-settings.js'

// The provider's clock is a minute ahead of the store's.
const look = { newestId: null, serverAt: MINUTE_MS, storeAt: 0, workspaceId: null }
const sent = { look, sendNotAfterAt: 2 * MINUTE_MS }

test('how late a batch was accepted is counted from the last possible byte, on the clock of the provider', () => {
  expect(acceptedAfterMs(sent, { createdAt: 90_000 })).toBe(-90_000)
  expect(acceptedAfterMs(sent, { createdAt: 8 * MINUTE_MS })).toBe(5 * MINUTE_MS)
  expect(acceptedAfterMs({ ...sent, look: null }, { createdAt: 0 })).toBeNull()
  expect(acceptedAfterMs({ ...sent, sendNotAfterAt: null }, { createdAt: 0 })).toBeNull()
})

test('it is told from a third of the settle window on', () => {
  expect(isAcceptedLate(null, settings)).toBe(false)
  expect(isAcceptedLate(5 * MINUTE_MS, settings)).toBe(false)
  expect(isAcceptedLate(5 * MINUTE_MS + 1, settings)).toBe(true)
})
