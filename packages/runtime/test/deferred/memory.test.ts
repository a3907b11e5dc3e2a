import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { startClaude, temporaryStore } from '../jobs/open-jobs.js'

const PROGRAM = join(import.meta.dirname, 'programs/hold-promises.mjs')
const COUNT = 100_000
const MOST_BYTES = 2_048

test('a hundred thousand pending calls take at most 2 KB each, and all are answered', async () => {
  await using claude = await startClaude()
  claude.reply(({ params }) => {
    const [message] = params.messages as { readonly content: string }[]
    return message?.content.split(' ').at(-1) ?? 'nothing'
  })
  const args = [temporaryStore(), claude.url, JSON.stringify(claude.startLine), String(COUNT)]
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', PROGRAM, ...args])
  const { bytesEach, right } = JSON.parse(stdout) as { bytesEach: number; right: number }
  expect(bytesEach).toBeGreaterThan(0)
  expect(bytesEach).toBeLessThan(MOST_BYTES)
  expect(right).toBe(COUNT + 1)
  expect(claude.ledger.billed()).toHaveLength(COUNT + 1)
}, 600_000)
