import { NEW_SUBMISSION, type Submission } from '@halfrate/core'
import { expect, test } from 'vitest'
import { SubmissionWatch } from '../../src/judge/submission-watch.js'
import { Violations } from '../../src/judge/violation.js'

function submission(nonce: string, state: Submission['state']): Submission {
  return {
    ...NEW_SUBMISSION,
    ...{ id: nonce.length, project: 'default', account: 'default', queue: 'default' },
    ...{ lane: '["2026-10-21",[],null]', nonce, batchLimit: null, upToId: 1, openedAt: 1, state },
  } as unknown as Submission
}

test('a send that was under way when the store was put back is known by its nonce, and no other', () => {
  const watch = new SubmissionWatch(new Violations(() => 0))
  watch.see(submission('sending', 'sending'))
  watch.see(submission('sealed', 'sealed'))
  expect(watch.wasOnItsWay('sending')).toBe(false)
  watch.restart()
  expect(watch.byNonce('sending')).toBeNull()
  expect(watch.wasOnItsWay('sending')).toBe(true)
  expect(watch.wasOnItsWay('sealed')).toBe(false)
})
