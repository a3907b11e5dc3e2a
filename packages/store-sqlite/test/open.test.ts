import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { ProjectId, WorkerId } from '@halfrate/core'
import { NEWEST_MIGRATION } from '@halfrate/store-sql'
import type DatabaseConstructor from 'better-sqlite3'
import { expect, test } from 'vitest'
import { checkNode } from '../src/database/check-node.js'
import { openSqliteStore } from '../src/index.js'
import { temporaryPath } from './temporary-path.js'

const Driver = createRequire(import.meta.url)('better-sqlite3') as typeof DatabaseConstructor
const project = 'acme' as ProjectId

test('a directory is not a store', async () => {
  const path = temporaryPath()
  mkdirSync(path)
  await expect(openSqliteStore({ path })).rejects.toMatchObject({ code: 'store_foreign' })
})

test('a file that is no database is left as it is', async () => {
  const path = temporaryPath()
  const text = 'key,text\n1,"a table that somebody needs"\n'.repeat(50)
  writeFileSync(path, text)
  await expect(openSqliteStore({ path })).rejects.toMatchObject({ code: 'store_foreign' })
  expect(readFileSync(path, 'utf8')).toBe(text)
})

test.each([0, 77])('a database of another program (id %i) is left as it is', async (id) => {
  const path = temporaryPath()
  const other = new Driver(path)
  other.pragma(`application_id = ${id}`)
  other.exec('CREATE TABLE theirs (a)')
  other.close()
  const before = readFileSync(path)
  await expect(openSqliteStore({ path })).rejects.toMatchObject({ code: 'store_foreign' })
  expect(readFileSync(path)).toEqual(before)
})

test('a store of a newer version names its migration', async () => {
  const path = temporaryPath()
  await (await openSqliteStore({ path })).shutdown()
  const newer = new Driver(path)
  newer.exec(`INSERT INTO migrations VALUES ('9998_breaks', 1, 1), ('9999_future', 0, 1)`)
  newer.close()
  for (const readOnly of [false, true]) {
    await expect(openSqliteStore({ path, readOnly })).rejects.toMatchObject({
      code: 'store_newer',
      message: expect.stringContaining('9998_breaks'),
    })
  }
})

test('a store of a newer version that breaks nothing is opened', async () => {
  const path = temporaryPath()
  await (await openSqliteStore({ path })).shutdown()
  const newer = new Driver(path)
  newer.exec("INSERT INTO migrations VALUES ('9999_future', 0, 1)")
  newer.close()
  for (const readOnly of [false, true]) {
    const store = await openSqliteStore({ path, readOnly })
    await store.shutdown()
  }
})

test('a store that lacks what came before its newest migration is not made up for', async () => {
  const path = temporaryPath()
  await (await openSqliteStore({ path })).shutdown()
  const newer = new Driver(path)
  newer.exec(
    "UPDATE migrations SET name = '9999_future', breaking = 0 WHERE name = '0005_deliveries'",
  )
  newer.close()
  await expect(openSqliteStore({ path })).rejects.toMatchObject({ code: 'store_newer' })
})

test('a newer version that changes the store meanwhile stops whoever works on it, at the next write', async () => {
  const path = temporaryPath()
  const store = await openSqliteStore({ path })
  const other = new Driver(path)
  const claim = () =>
    store.claim({ work: { type: 'queues' }, workerId: 'w' as WorkerId, leaseMs: 1, limit: 1 })
  other.exec("INSERT INTO migrations VALUES ('9998_future', 0, 1)")
  await expect(claim()).resolves.toMatchObject({ leases: [] })
  other.exec("INSERT INTO migrations VALUES ('9999_breaks', 1, 1)")
  await expect(claim()).rejects.toMatchObject({
    code: 'store_newer',
    message: expect.stringContaining(
      `has migration 9999_breaks; this version of Halfrate knows up to ${NEWEST_MIGRATION}`,
    ),
    nextStep: expect.stringContaining('Update halfrate'),
  })
  const setting = { scope: 'a', name: 'b', value: 1, ifVersion: null }
  await expect(store.putSetting(setting)).rejects.toMatchObject({ code: 'store_newer' })
  expect(other.prepare("SELECT count(*) FROM settings WHERE name = 'b'").pluck().get()).toBe(0)
  other.close()
  await store.shutdown()
})

test('a folder that is not there is said to be missing', async () => {
  const path = join(temporaryPath(), 'deeper', 'halfrate.db')
  await expect(openSqliteStore({ path })).rejects.toMatchObject({
    code: 'store_unavailable',
    nextStep: expect.stringContaining('Make the folder'),
  })
})

test.each([
  ['an empty file', (path: string) => openSync(path, 'w')],
  [
    'a database that was begun and never got its first migration',
    (path: string) => {
      const begun = new Driver(path)
      begun.pragma('journal_mode = WAL')
      begun.close()
    },
  ],
])('%s becomes a store', async (_, prepare) => {
  const path = temporaryPath()
  prepare(path)
  const store = await openSqliteStore({ path })
  expect(await store.verify({ after: null, limit: 100 })).toMatchObject({ violations: [] })
  await store.shutdown()
})

test('a store that is only read answers, and refuses writes', async () => {
  const path = temporaryPath()
  const writer = await openSqliteStore({ path })
  await writer.putSetting({ scope: 's', name: 'n', value: 1, ifVersion: null })
  const reader = await openSqliteStore({ path, readOnly: true })
  expect(await reader.getSetting({ scope: 's', name: 'n' })).toEqual({ value: 1, version: 1 })
  expect(await reader.report({ scope: { project } })).toMatchObject({ counts: { total: 0 } })
  await expect(
    reader.putSetting({ scope: 's', name: 'n', value: 2, ifVersion: 1 }),
  ).rejects.toMatchObject({ code: 'store_unavailable' })
  await reader.shutdown()
  await writer.shutdown()
})

test('only reading what is not there makes nothing', async () => {
  const path = temporaryPath()
  await expect(openSqliteStore({ path, readOnly: true })).rejects.toMatchObject({
    code: 'store_unavailable',
  })
  expect(() => readFileSync(path)).toThrow()
})

test('every call after the shutdown says that the store is closed', async () => {
  const store = await openSqliteStore({ path: ':memory:' })
  await store.shutdown()
  await expect(store.now()).rejects.toMatchObject({ code: 'store_closed' })
  await expect(store.sweep()).rejects.toMatchObject({ code: 'store_closed' })
  await expect(store.shutdown()).rejects.toMatchObject({ code: 'store_closed' })
})

test('a store that is damaged says so', async () => {
  const path = temporaryPath()
  await (await openSqliteStore({ path })).shutdown()
  const bytes = readFileSync(path)
  bytes.fill(0x55, 8_192)
  writeFileSync(path, bytes)
  await expect(openSqliteStore({ path }).then((store) => store.sweep())).rejects.toMatchObject({
    code: 'store_unavailable',
    message: expect.stringContaining('damaged'),
  })
})

test.each(['20.20.2', '22.17.9', '18.0.0'])(
  'Node %s is refused before the driver is loaded',
  (version) => {
    expect(() => checkNode(version)).toThrow(expect.objectContaining({ code: 'unsupported_node' }))
  },
)

test.each(['22.18.0', '24.21.0', '26.0.0'])('Node %s is taken', (version) => {
  expect(() => checkNode(version)).not.toThrow()
})
