import type { JobId, QueueName } from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { canaryText } from '../../src/screen/canary-text.js'
import { eventObject } from '../../src/screen/event-object.js'
import { eventText } from '../../src/screen/event-text.js'

const FINDING = {
  failed: 4,
  of: 5,
  reason: 'errored',
  detail: 'not_found_error',
  alike: 3,
} as const
const OVER = {
  type: 'canary_over',
  at: 0,
  jobId: 7 as JobId,
  queue: 'triage' as QueueName,
  size: 5,
} as const

describe('a canary of a job', () => {
  test('is told once it is over, by how it ended', () => {
    expect(eventText({ ...OVER, state: 'passed', finding: null })).toBe(
      'the first 5 rows of a job in queue triage came back good enough; the rest goes',
    )
    expect(eventText({ ...OVER, state: 'skipped', finding: null })).toBe(
      'the rest of a job in queue triage goes without its first rows being back: it would miss its deadline',
    )
    expect(eventText({ ...OVER, state: 'stopped', finding: FINDING })).toMatch(
      /^the rest of a job in queue triage is not sent: of the first 5 rows 4 failed, 3 of them as errored \(.*not_found_error\)$/,
    )
  })

  test('is told to programs with what it found', () => {
    expect(eventObject({ ...OVER, state: 'stopped', finding: FINDING })).toMatchObject({
      ...{ type: 'canary', at: '1970-01-01T00:00:00.000Z', queue: 'triage', state: 'stopped' },
      ...{ size: 5, finding: FINDING, message: expect.stringContaining('is not sent') },
    })
  })

  test('says what the rest waits for, and what to do when it was no good', () => {
    const away = { state: 'away', size: 1, finding: null } as const
    expect(canaryText(away, ' --job claims', '')).toBe(
      'the first row goes alone, and the rest when it is good',
    )
    const stopped = { state: 'stopped', size: 5, finding: FINDING } as const
    expect(canaryText(stopped, ' --job claims', ' --store x.db')).toMatch(
      /run them with --changed, or .*halfrate resume --job claims --store x\.db sends the rest as it is$/,
    )
  })
})
