import { startEmulator } from '@halfrate/emulator'
import { openHalfrate } from 'halfrate'
import { expect, onTestFinished, test, vi } from 'vitest'
import { triage } from './triage.js'

const LETTERS = [
  'The roof leaks again.',
  'Please send your prices.',
  'You will hear from my lawyer.',
].map((text, index) => ({ id: `l${index + 1}`, text }))

function quiet(): { readonly errors: () => readonly string[] } {
  vi.spyOn(console, 'log').mockReturnValue()
  const error = vi.spyOn(console, 'error').mockReturnValue()
  onTestFinished(() => void vi.restoreAllMocks())
  return { errors: () => error.mock.calls.map((words) => words.join(' ')) }
}

test('letters are sorted by answers of the form that was asked for', async () => {
  quiet()
  await using claude = await startEmulator({ seed: 7, clock: { factor: 600 } })
  const answers: Readonly<Record<string, unknown>> = {
    'The roof leaks again.': { team: 'claims', urgency: 5 },
    'Please send your prices.': { team: 'sales', urgency: 2 },
    'You will hear from my lawyer.': { team: 'legal', urgency: 4 },
  }
  claude.reply(({ params }) => {
    const [message] = params.messages as readonly { readonly content: string }[]
    return JSON.stringify(answers[message?.content.split('\n\n')[1] ?? ''])
  })
  await using half = await openHalfrate({ store: ':memory:', emulator: claude })
  expect(await triage(half, 'letters', LETTERS)).toEqual(
    new Map([
      ['l1', 'claims, urgency 5'],
      ['l2', 'sales, urgency 2'],
      ['l3', 'legal, urgency 4'],
    ]),
  )
})

test('an answer beyond the bounds goes to a person', async () => {
  const said = quiet()
  await using claude = await startEmulator({ seed: 7, clock: { factor: 600 } })
  claude.reply('{"team":"claims","urgency":11}')
  await using half = await openHalfrate({ store: ':memory:', emulator: claude })
  const sorted = await triage(half, 'letters', LETTERS.slice(0, 1))
  expect(sorted).toEqual(new Map([['l1', 'ask a person']]))
  expect(said.errors()[0]).toContain('l1 output_invalid')
  expect(said.errors()[0]).toContain('urgency: Too big')
})
