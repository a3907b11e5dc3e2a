import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { halfrate, request, startTestEmulator, writeInput } from '../support/cli.js'
import { act, loseStore, rowsOf, salvage } from '../support/lost-store.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const LONG = ['--turnaround', '20h']
const KEYS = [
  'claim-8812',
  'claims/2026/november/letter 8812.md',
  'Größe #7',
  `k${'0'.repeat(300)}`,
]

/** Keys with where they are known from, in the order of the rows. */
function known(text: string) {
  return rowsOf(text).map(({ key, key_from }) => [key, key_from])
}

describe('a store that was lost, whose ids end in keys', () => {
  test('of a run has short keys without its input, and all of them with it', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator(LONG)
    const input = writeInput(
      folder,
      KEYS.map((key) => request(key)),
    )
    const run = ['run', input, '-o', 'out.jsonl', '--detach', '--key-tails', 'on', ...claude.flags]
    const sent = await halfrate(run, { cwd: folder })
    expect(sent.code, sent.stderr).toBe(0)
    loseStore(folder)
    await act(claude, 'advance', { by: '21h' })

    const alone = await salvage(folder, claude)
    expect(alone.code, alone.stderr).toBe(0)
    expect(known(alone.stdout)).toEqual([
      ['claim-8812', 'id'],
      [null, null],
      [null, null],
      [null, null],
    ])
    const whole = await salvage(folder, claude, '--input', input)
    expect(known(whole.stdout)).toEqual(KEYS.map((key, at) => [key, at === 0 ? 'id' : 'input']))
    expect(whole.stderr).not.toContain('key not known')
  })

  test('of a run stays so for the runs after it, until one says off', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator(LONG)
    const run = async (name: string, ...flags: readonly string[]) => {
      const input = writeInput(folder, [request(name)], `${name}.jsonl`)
      const args = ['run', input, '-o', `${name}.out`, '--detach', ...flags, ...claude.flags]
      const { code, stderr } = await halfrate(args, { cwd: folder })
      expect(code, stderr).toBe(0)
    }
    await run('before')
    await run('asked', '--key-tails', 'on')
    await run('later')
    await run('off', '--key-tails', 'off')
    await run('last')
    loseStore(folder)
    await act(claude, 'advance', { by: '21h' })
    const { stdout } = await salvage(folder, claude)
    expect(rowsOf(stdout).map(({ key }) => key)).toEqual([null, 'asked', 'later', null, null])
  })

  test('of a queue has the keys of what came after its policy said so', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator(LONG)
    const config = { queues: { claims: { flushAge: 0, keyTails: true } } }
    writeInput(folder, [config], 'halfrate.config.json')
    const at = (...args: readonly string[]) => halfrate(args, { cwd: folder })
    expect((await at('apply')).stdout).toBe('queue claims: made\n')
    const listed = await at('queues')
    expect(listed.stdout).toContain('ids end in keys')
    const input = writeInput(folder, [request('claim-1')], 'claims.jsonl')
    expect((await at('enqueue', input, '--queue', 'claims')).code).toBe(0)
    const set = await at('queues', 'set', 'claims', '--key-tails', 'off', '--json')
    expect(JSON.parse(set.stdout).policy).toMatchObject({ key_tails: false })
    const more = writeInput(folder, [request('claim-2')], 'more.jsonl')
    expect((await at('enqueue', more, '--queue', 'claims')).code).toBe(0)
    const work = await at('work', '--once', ...claude.flags)
    expect(work.code, work.stderr).toBe(0)
    loseStore(folder)
    await act(claude, 'advance', { by: '21h' })
    const { stdout } = await salvage(folder, claude)
    expect(rowsOf(stdout).map(({ key }) => key)).toEqual(['claim-1', null])
  })
})

test('answers of ids that end in keys come home as any others, another max_tokens included', async () => {
  const folder = temporaryFolder()
  const claude = await startTestEmulator()
  const rows = KEYS.map((key, at) => request(key, 'Say it.', at === 1 ? { max_tokens: 1 } : {}))
  const run = ['run', writeInput(folder, rows), '-o', 'out.jsonl', '--key-tails', 'on']
  const at = (...args: readonly string[]) => halfrate([...args, ...claude.flags], { cwd: folder })
  expect((await at(...run)).code).toBe(2)
  const retry = ['retry', '--cut-off', '--max-tokens', '500', ...claude.flags.slice(2)]
  const retried = await halfrate(retry, { cwd: folder })
  expect(retried.code, retried.stderr).toBe(0)
  const again = await at(...run)
  expect(again.code, again.stderr).toBe(0)
  const answers = rowsOf(readFileSync(join(folder, 'out.jsonl'), 'utf8'))
  expect(answers.map(({ key, status }) => [key, status])).toEqual(
    KEYS.map((key) => [key, 'succeeded']),
  )
  const ids = (await claude.ledger('rows')).map(({ custom_id }) => custom_id ?? '')
  expect(ids).toHaveLength(KEYS.length + 1)
  expect(new Set(ids.map((id) => id.slice(42))).size).toBe(KEYS.length)
  expect(ids.every((id) => id.length > 42 && id.length <= 64)).toBe(true)
})
