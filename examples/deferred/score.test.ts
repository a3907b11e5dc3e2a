import { startEmulator } from '@halfrate/emulator'
import { openHalfrate } from 'halfrate'
import { expect, onTestFinished, test, vi } from 'vitest'
import { score } from './score.js'

const ROWS = Array.from({ length: 11 }, (_, index) => ({
  ...{ id: `row-${index}`, question: 'How much is it?', answer: `${index}` },
}))

test('rows are scored by one batch, and a second run asks nothing again', async () => {
  await using claude = await startEmulator({ seed: 7, clock: { factor: 600 } })
  claude.reply(({ params }) => {
    const [message] = params.messages as readonly { readonly content: string }[]
    return message?.content.split('Answer: ')[1]
  })
  await using half = await openHalfrate({ store: ':memory:', emulator: claude })
  const scores = await score(half, ROWS)
  expect(scores).toEqual(new Map(ROWS.map(({ id }, index) => [id, index])))
  expect(claude.ledger.posts()).toHaveLength(1)
  expect(await score(half, ROWS)).toEqual(scores)
  expect(claude.ledger.billed()).toHaveLength(ROWS.length)
})

test('a row whose request failed has no score, and says why', async () => {
  const error = vi.spyOn(console, 'error').mockReturnValue()
  onTestFinished(() => void vi.restoreAllMocks())
  await using claude = await startEmulator({ seed: 7, clock: { factor: 600 } })
  claude.reply({ error: { type: 'invalid_request_error', message: 'no' } })
  await using half = await openHalfrate({ store: ':memory:', emulator: claude })
  expect(await score(half, ROWS.slice(0, 1))).toEqual(new Map([['row-0', null]]))
  expect(error.mock.calls[0]?.slice(0, 2)).toEqual(['row-0', 'errored'])
})
