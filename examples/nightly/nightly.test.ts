import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Emulator, startEmulator } from '@halfrate/emulator'
import { openHalfrate, type Result } from 'halfrate'
import { expect, onTestFinished, test } from 'vitest'
import { type Claim, openClaims, takeIn } from './nightly.js'

const CLAIMS: readonly Claim[] = ['a', 'b', 'c'].map((id) => ({ id, text: `Claim ${id}.` }))

function batchesOf(claude: Emulator): readonly string[] {
  return claude.ledger
    .accepted()
    .map(({ createdAt, count }) => `${new Date(createdAt).toISOString().slice(0, 16)} ${count}`)
}

/** Where answers are saved: a table with a unique id, which is away for the first that comes. */
class Answers {
  readonly rows = new Map<Result['id'], Result>()
  #isAway = true
  #full: () => void = () => undefined
  readonly full = new Promise<void>((resolve) => {
    this.#full = resolve
  })

  readonly save = async (result: Result): Promise<void> => {
    if (this.#isAway) {
      this.#isAway = false
      throw new Error('The database is away.')
    }
    this.rows.set(result.id, result)
    if (this.rows.size === CLAIMS.length) this.#full()
  }
}

test('claims go at two in the morning, also after a restart, and each is paid once and saved', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'halfrate-nightly-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const store = join(folder, 'claims.db')
  // Half past midnight in Sydney, where two o'clock is 15:00 UTC.
  const start = Date.parse('2026-11-21T13:30:00Z')
  await using claude = await startEmulator({ seed: 7, clock: { start } })
  const answers = new Answers()

  const first = await openHalfrate({ store, emulator: claude })
  await takeIn(first, openClaims(first, answers.save), '2026-11-21', CLAIMS)
  await claude.clock.advance('89m')
  expect(batchesOf(claude)).toEqual([])
  await claude.clock.advance('2m')
  expect(batchesOf(claude)).toEqual(['2026-11-21T15:00 3'])
  await first.close() // the program ends while its batch is at Claude

  await using half = await openHalfrate({ store, emulator: claude })
  await takeIn(half, openClaims(half, answers.save), '2026-11-21', CLAIMS)
  await Promise.all([answers.full, claude.clock.advance('2h')])
  expect([...answers.rows.values()].map(({ key, status }) => `${key} ${status}`).sort()).toEqual([
    'a succeeded',
    'b succeeded',
    'c succeeded',
  ])
  expect(claude.ledger.billed()).toHaveLength(3)
  expect(claude.ledger.posts()).toHaveLength(1)
})
