import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Emulator, startEmulator } from '@halfrate/emulator'
import { openHalfrate, type Result } from 'halfrate'
import { expect, onTestFinished, test } from 'vitest'
import { type Claim, saveAnswers, takeIn } from './nightly.js'

const CLAIMS: readonly Claim[] = ['a', 'b', 'c'].map((id) => ({ id, text: `Claim ${id}.` }))

function batchesOf(claude: Emulator): readonly string[] {
  return claude.ledger
    .accepted()
    .map(({ createdAt, count }) => `${new Date(createdAt).toISOString().slice(0, 16)} ${count}`)
}

test('claims go at two in the morning, also after a restart, and each is paid once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'halfrate-nightly-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const store = join(folder, 'claims.db')
  // Half past midnight in Sydney, where two o'clock is 15:00 UTC.
  const start = Date.parse('2026-11-21T13:30:00Z')
  await using claude = await startEmulator({ seed: 7, clock: { start } })
  const saved = new Map<string, Result>()
  const save = async (result: Result): Promise<void> => void saved.set(result.key, result)

  const first = await openHalfrate({ store, emulator: claude })
  await takeIn(first, '2026-11-21', CLAIMS)
  await claude.clock.advance('89m')
  expect(batchesOf(claude)).toEqual([])
  await claude.clock.advance('2m')
  expect(batchesOf(claude)).toEqual(['2026-11-21T15:00 3'])
  await first.close() // the program ends while its batch is at Claude

  await using half = await openHalfrate({ store, emulator: claude })
  const job = await takeIn(half, '2026-11-21', CLAIMS)
  await Promise.all([saveAnswers(job, save), claude.clock.advance('1h')])
  expect([...saved.values()].map(({ key, status }) => `${key} ${status}`)).toEqual([
    'a succeeded',
    'b succeeded',
    'c succeeded',
  ])
  expect(claude.ledger.billed()).toHaveLength(3)
  expect(claude.ledger.posts()).toHaveLength(1)
})
