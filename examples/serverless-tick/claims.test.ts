import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Emulator, startEmulator } from '@halfrate/emulator'
import type { NewRequest, Result } from 'halfrate'
import { expect, onTestFinished, test, vi } from 'vitest'

const NIGHT = 'claims-2026-11-21'

async function* rows(): AsyncGenerator<NewRequest> {
  for (const key of ['claim-1', 'claim-2', 'claim-3']) {
    const messages = [{ role: 'user', content: `What is ${key} about?` }]
    yield { key, params: { model: 'claude-haiku-4-5', max_tokens: 300, messages } }
  }
}

// A new function knows the environment and nothing else.
async function newFunction(claude: Emulator, store: string): Promise<typeof import('./claims.js')> {
  vi.stubEnv('DATABASE_URL', store)
  vi.stubEnv('ANTHROPIC_API_KEY', 'test-key')
  vi.stubEnv('ANTHROPIC_BASE_URL', claude.url)
  vi.stubEnv('HALFRATE_CLOCK', JSON.stringify(claude.startLine))
  vi.resetModules()
  return await import('./claims.js')
}

test('rows that one function takes in are sent and brought home by ticks', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'halfrate-tick-'))
  onTestFinished(() => {
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true, force: true })
  })
  await using claude = await startEmulator({ seed: 7, clock: { factor: 1 } })
  const saved: Result[] = []
  const save = async (result: Result): Promise<void> => void saved.push(result)
  const open = () => newFunction(claude, join(folder, 'claims.db'))

  expect(await (await open()).takeIn(NIGHT, rows())).toBe(3)
  expect(claude.ledger.posts()).toHaveLength(0)

  const sent = await (await open()).tick(NIGHT, save)
  expect(sent).toMatchObject({ outcome: 'idle', failed: 0 })
  expect(claude.ledger.posts()).toHaveLength(1)
  expect(saved).toHaveLength(0)

  await claude.clock.advance('1h')
  await (await open()).tick(NIGHT, save)
  expect(saved.map(({ key, status }) => `${key} ${status}`)).toEqual([
    'claim-1 succeeded',
    'claim-2 succeeded',
    'claim-3 succeeded',
  ])
  expect(claude.ledger.billed()).toHaveLength(3)
})
