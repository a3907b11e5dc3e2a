import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmulator } from '@halfrate/emulator'
import Database from 'better-sqlite3'
import { openHalfrate } from 'halfrate'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Claims } from './claims.js'

const WATER = { kind: 'water', missing: ['photos'] }

function rowsOf(db: Database.Database): readonly unknown[] {
  return db
    .prepare(
      "select id || ' ' || status || coalesce(' ' || analysis, '') as row from claims order by id",
    )
    .pluck()
    .all()
}

test('claims are pending until the answers of the night come home, and those written down at a crash are sent too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'halfrate-claims-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  // Ten at night in Berlin, where two o'clock is 01:00 UTC.
  await using claude = await startEmulator({
    ...{ seed: 7, clock: { start: Date.parse('2026-11-21T21:00:00Z') } },
  })
  claude.reply(({ params }) =>
    JSON.stringify(params.messages).includes('ceiling') ? JSON.stringify(WATER) : 'no',
  )
  await using half = await openHalfrate({ store: join(folder, 'halfrate.db'), emulator: claude })
  const db = new Database(join(folder, 'claims.db'))
  onTestFinished(() => void db.close())

  const claims = new Claims(db, half)
  await claims.add({ id: 'a', text: 'Water came through the ceiling.' })
  // Written down, and then the program ended.
  db.prepare("insert into claims (id, text) values ('b', 'My bicycle is gone.')").run()
  await claims.enqueuePending()
  await half.start()
  await claude.clock.advance('239m')
  expect(rowsOf(db)).toEqual(['a pending', 'b pending'])
  expect(claude.ledger.posts()).toHaveLength(0)

  await claude.clock.advance('2h')
  await vi.waitFor(() =>
    expect(rowsOf(db)).toEqual([
      `a analysed ${JSON.stringify(WATER)}`,
      'b for a person {"error":"output_invalid"}',
    ]),
  )
  expect(claude.ledger.posts()).toHaveLength(1)
})
