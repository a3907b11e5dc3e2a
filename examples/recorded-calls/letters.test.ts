import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { startEmulator } from '@halfrate/emulator'
import { expect, onTestFinished, test } from 'vitest'

const run = promisify(execFile)
const HERE = import.meta.dirname

test('calls run as they are, and the audit finds which could be half price', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'halfrate-recorded-'))
  onTestFinished(() => rmSync(cwd, { recursive: true }))
  await using claude = await startEmulator({ seed: 7 })
  claude.reply('sales')
  const env = { ...process.env, ANTHROPIC_BASE_URL: claude.url, ANTHROPIC_API_KEY: 'any' }
  const { stdout } = await run(process.execPath, [join(HERE, 'letters.ts')], { cwd, env })
  expect(stdout).toBe("sales\n[ 'sales', 'sales' ]\n")
  expect(readFileSync(join(cwd, 'usage.jsonl'), 'utf8')).not.toMatch(/roof|parcel|sales/)

  // The command stands beside what the package exports.
  const halfrate = join(dirname(createRequire(import.meta.url).resolve('halfrate')), 'main.js')
  const words = [halfrate, 'audit', 'usage.jsonl', '--json']
  const audit = await run(process.execPath, words, { cwd, env })
  const { features, rows } = JSON.parse(audit.stdout)
  expect(rows).toBe(3)
  expect(claude.ledger.summary().messages).toBe(3)
  const rowsOf = (name: string, standing: string): number =>
    features.find(({ feature }: { feature: string }) => feature === name).standing[standing].rows
  expect(rowsOf('sorting', 'ready')).toBe(2)
  expect(rowsOf('answers', 'no')).toBe(1)
})
