import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type Emulator, startEmulator } from '@halfrate/emulator'
import { expect, onTestFinished, test } from 'vitest'

const PROGRAM = join(import.meta.dirname, 'first-run.ts')
const README = join(import.meta.dirname, '../../README.md')

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'halfrate-first-run-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function run(claude: Emulator, cwd: string) {
  const child = spawn(process.execPath, [PROGRAM], {
    cwd,
    env: {
      PATH: process.env.PATH,
      ANTHROPIC_API_KEY: 'test-key',
      ANTHROPIC_BASE_URL: claude.url,
      HALFRATE_CLOCK: JSON.stringify(claude.startLine),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { code, stderr, lines: stdout.trimEnd().split('\n').toSorted() }
}

test('the first program of the README prints an answer and its cost for every row, and pays once', async () => {
  await using claude = await startEmulator({
    ...{ seed: 7, clock: { factor: 600 }, turnaroundMs: [60_000, 60_000] },
  })
  claude.reply(
    ({ params }) => `Facilities, for ${JSON.stringify(params.messages).length} characters`,
  )
  const folder = temporaryFolder()
  const first = await run(claude, folder)
  expect(first).toMatchObject({ code: 0, stderr: '' })
  expect(first.lines).toEqual([
    expect.stringMatching(/^claim-1 0\.\d+ Facilities/),
    expect.stringMatching(/^claim-2 0\.\d+ Facilities/),
  ])
  expect(await run(claude, folder)).toEqual(first)
  expect(claude.ledger.billed()).toHaveLength(2)
})

test('the README begins with this program', () => {
  const [, block] = /```ts\n([\s\S]*?)```/.exec(readFileSync(README, 'utf8')) ?? []
  expect(block).toBe(readFileSync(PROGRAM, 'utf8'))
})
