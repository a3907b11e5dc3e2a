import { expect, test } from 'vitest'
import { halfrate, requests, startTestEmulator, writeInput } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

test('the doctor says of each thing how it is, before there is a store and after', async () => {
  const folder = temporaryFolder()
  const claude = await startTestEmulator()
  const look = (...args: readonly string[]): ReturnType<typeof halfrate> =>
    halfrate(['doctor', ...args], { cwd: folder })
  const first = await look(...claude.flags)
  expect(first.stdout).toMatch(/ok {6}workspace: .*; 0 batches seen, none of other programs/)
  expect(first.stdout).toContain('store: none at ')
  expect(first.code, first.stdout).toBe(0)
  const input = writeInput(folder, requests(2))
  await halfrate(['run', input, '-o', 'out.jsonl', ...claude.flags], { cwd: folder })
  await fetch(`${claude.url}/_emulator/foreign`, {
    ...{ method: 'POST', body: JSON.stringify({ turnaround_ms: 1_000 }) },
  })
  const second = JSON.parse((await look(...claude.flags, '--json')).stdout)
  const byName = Object.fromEntries(
    second.findings.map((each: { readonly name: string }) => [each.name, each]),
  )
  expect(byName.workspace.text).toContain('2 batches seen, 1 batch of other programs')
  expect(byName.store.text).toMatch(/^SQLite 3\..*, schema \d{4}_\w+, \d/)
  expect(byName).toMatchObject({
    key: { state: 'ok' },
    network: { state: 'ok' },
    access: { state: 'ok' },
    clock: { state: 'ok' },
    integrity: { state: 'ok', text: 'the file is whole' },
    durability: { state: 'ok' },
    limits: { state: 'ok' },
    worker: { state: 'ok' },
  })
})

test('what stops the work is a problem, with what to do, and ends with 1', async () => {
  const folder = temporaryFolder()
  const away = await halfrate(['doctor', '--base-url', 'http://127.0.0.1:9'], { cwd: folder })
  expect(away.code).toBe(1)
  expect(away.stdout).toMatch(/problem {1}network: 127\.0\.0\.1:9 can't be reached/)
  const keyless = await halfrate(['doctor'], { cwd: folder, env: { ANTHROPIC_API_KEY: '' } })
  expect(keyless.code).toBe(1)
  expect(keyless.stdout).toContain('problem key: there is no API key')
  expect(keyless.stdout).toContain('Set ANTHROPIC_API_KEY to a key of your workspace.')
  writeInput(folder, ['not a store'], 'halfrate.db')
  const claude = await startTestEmulator()
  const foreign = await halfrate(['doctor', ...claude.flags], { cwd: folder })
  expect(foreign.code).toBe(1)
  expect(foreign.stdout).toMatch(/problem store: .*it is not a Halfrate store/)
})
