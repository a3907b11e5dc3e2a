import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmulator } from '@halfrate/emulator'
import { openHalfrate } from 'halfrate'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Briefs, type OnBrief } from './brief.js'

test('a brief goes through its steps, also when the program ends between them, and each step is paid once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'halfrate-briefs-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const store = join(folder, 'briefs.db')
  await using claude = await startEmulator({ seed: 7, clock: { factor: 3_600 } })
  claude.reply(({ params }) => {
    const asked = JSON.stringify(params.messages)
    if (asked.includes('Which five questions')) return 'Q1 to Q5'
    return asked.includes('Q1 to Q5') ? 'F1 to F5' : `A page on ${asked.includes('F1 to F5')}`
  })
  const ended: (readonly (string | null)[])[] = []
  const onBrief: OnBrief = async (...words) => void ended.push(words)

  const first = await openHalfrate({ store, emulator: claude })
  const briefs = new Briefs(first, onBrief)
  await briefs.begin('pumps', 'Heat pumps')
  await first.start()
  await vi.waitFor(() => expect(claude.ledger.billed()).toHaveLength(1), 30_000)
  await first.close()

  await using half = await openHalfrate({ store, emulator: claude })
  const again = new Briefs(half, onBrief)
  await again.begin('pumps', 'Heat pumps')
  await half.start()
  await vi.waitFor(() => expect(ended).toContainEqual(['pumps', 'A page on true', null]), 60_000)
  expect(claude.ledger.billed()).toHaveLength(3)
})

test('a step that fails ends its brief with the reason', async () => {
  await using claude = await startEmulator({ seed: 7, clock: { factor: 3_600 } })
  claude.reply(() => '')
  await using half = await openHalfrate({ store: ':memory:', emulator: claude })
  const ended: (readonly (string | null)[])[] = []
  const briefs = new Briefs(half, async (...words) => void ended.push(words))
  await briefs.begin('pumps', 'Heat pumps')
  await half.start()
  await vi.waitFor(() => expect(ended).toHaveLength(1), 60_000)
  expect(ended[0]?.[0]).toBe('pumps')
  expect(ended[0]?.[1]).toBeNull()
  expect(ended[0]?.[2]).toMatch(/^questions: /)
})
