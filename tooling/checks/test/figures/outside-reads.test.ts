import { expect, test } from 'vitest'
import { outsideReads } from '../../src/figures/outside-reads.js'
import { parseSource } from '../../src/figures/source-text.js'

function readsIn(text: string, path = 'packages/runtime/src/file.ts'): readonly string[] {
  return outsideReads(parseSource(path, text)).map(({ detail }) => detail)
}

test.each([
  ['Date.now()', 'Date.now'],
  ['const now = Date.now', 'Date.now'],
  ['globalThis.Date.now()', 'Date.now'],
  ["Date['now']()", 'Date.now'],
  ['const { now } = Date', 'Date.now'],
  ['new Date()', 'new Date()'],
  ['new Date', 'new Date()'],
  ['Date()', 'Date()'],
  ['performance.now()', 'performance.now'],
  ['process.hrtime.bigint()', 'process.hrtime'],
  ['Math.random()', 'Math.random'],
  ['crypto.randomUUID()', 'crypto.randomUUID'],
  ['nodeCrypto.randomBytes(8)', 'nodeCrypto.randomBytes'],
  ["import { randomUUID } from 'node:crypto'", 'crypto.randomUUID'],
  ["import { randomBytes as bytes } from 'crypto'", 'crypto.randomBytes'],
  ['process.env.HOME', 'process.env'],
  ['const { env: settings } = process', 'process.env'],
  ["import { env } from 'node:process'", 'process.env'],
  ['import.meta.env', 'import.meta.env'],
])('%s is an outside read', (text, detail) => {
  expect(readsIn(text)).toEqual([detail])
})

test('a date made from an instant, a clock that was handed in and a hash are not', () => {
  expect(readsIn('new Date(at)\nclock.now()\nrandom.next()\nthis.#date.now()')).toEqual([])
  expect(readsIn("import { createHash } from 'node:crypto'\nprocess.exitCode = 1")).toEqual([])
})

test('timers are outside reads in core and tools of the trade elsewhere', () => {
  const text = 'setTimeout(f, 1)\nAbortSignal.timeout(1)'
  expect(readsIn(text, 'packages/core/src/engine/tick.ts')).toEqual([
    'setTimeout',
    'AbortSignal.timeout',
  ])
  expect(readsIn(text, 'packages/transport-http/src/send.ts')).toEqual([])
})

test.each([
  'packages/runtime/src/system.ts',
  'apps/cli/src/config.ts',
  'packages/emulator/src/http/start-emulator.ts',
  'packages/store-sqlite/src/open-sqlite-store.ts',
  'packages/store-postgres/src/open-postgres-store.ts',
  'tooling/simulation/src/real-time.ts',
  'tooling/bench/src/main.ts',
])('%s is a door to the outside', (path) => {
  expect(readsIn('Date.now() + Math.random() + process.env.X', path)).toEqual([])
})

test.each([
  'packages/core/src/system.ts',
  'apps/cli/src/commands/config.ts',
  'packages/runtime/src/config.ts',
  'packages/emulator/src/start-emulator.ts',
])('%s is no door', (path) => {
  expect(readsIn('Date.now()', path)).toEqual(['Date.now'])
})
