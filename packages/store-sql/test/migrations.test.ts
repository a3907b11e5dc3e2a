import { expect, test } from 'vitest'
import { ALL_MIGRATIONS, sqliteFlavor } from '../src/index.js'

test('migrations are numbered without gaps, oldest first', () => {
  const numbers = ALL_MIGRATIONS.map((migration) => Number(migration.name.slice(0, 4)))
  expect(numbers).toEqual(numbers.map((_, index) => index + 1))
  expect(ALL_MIGRATIONS.every(({ name }) => /^\d{4}_[a-z_]+$/.test(name))).toBe(true)
})

test('every table says whose its rows are, save those that belong to the whole store', () => {
  const ofTheStore = [
    'counters',
    'names',
    'settings',
    'leases',
    'progress',
    'superseded',
    'foreign_batches',
  ]
  const tables = ALL_MIGRATIONS.flatMap((migration) => migration.statements(sqliteFlavor)).filter(
    (statement) => statement.startsWith('CREATE TABLE'),
  )
  const without = tables
    .filter((statement) => !statement.includes('project_id'))
    .map((statement) => /CREATE TABLE (\w+)/.exec(statement)?.[1])
  expect(without).toEqual(ofTheStore)
})
