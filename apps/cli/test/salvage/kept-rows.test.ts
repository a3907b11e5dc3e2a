import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openOutputTarget } from '../../src/output/output-target.js'
import { refusalToReplace } from '../../src/salvage/kept-rows.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const row = (batch_id: string): string => JSON.stringify({ key: null, batch_id, results: 1 })

async function refusal(text: string | null, now: Readonly<Record<string, number>>) {
  const folder = temporaryFolder()
  const path = join(folder, 'salvaged.jsonl')
  if (text !== null) writeFileSync(path, text)
  const kept = { inputIdentities: new Set<string>(), store: join(folder, 'halfrate.db') }
  const target = await openOutputTarget(path, kept)
  return (await refusalToReplace(target, new Map(Object.entries(now))))?.message ?? null
}

test('a file with more rows of a batch is not replaced', async () => {
  const text = `${row('a')}\n${row('b')}\n${row('b')}\n${row('c')}\n`
  expect(await refusal(text, { a: 1, b: 1, c: 1 })).toContain(
    'it has 2 rows of b, and this time there are 1.',
  )
  expect(await refusal(text, { a: 1 })).toContain(
    'it has 2 rows of b and of 1 other batch, and this time there are none.',
  )
})

test('one with as many or fewer is, and so is one of something else', async () => {
  expect(await refusal(`${row('a')}\n`, { a: 1, b: 4 })).toBe(null)
  expect(await refusal(null, { a: 1 })).toBe(null)
  expect(await refusal('{"batch_id": "x", "mine": 1}\n"batch_id":\nnotes\n', { a: 1 })).toBe(null)
})
