import { expect, test } from 'vitest'
import { batchWords } from '../../src/screen/batch-words.js'
import { batch, NOW } from './facts.js'

test('a batch about which somebody is asked names the command, for the store that it is in', () => {
  const asking = {
    state: 'ambiguous',
    search: { ...batch(1, {}).submission.search, askingSince: NOW },
  } as const
  const words = batchWords(batch(7, asking, { storeFlag: ' --store claims/halfrate.db' }), NOW)
  expect(words.hints).toEqual(['(halfrate decide 7 resend --store claims/halfrate.db, or fail)'])
})
