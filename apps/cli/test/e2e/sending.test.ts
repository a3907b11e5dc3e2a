import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { halfrate, request, requests, startTestEmulator, writeInput } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

/** Rows that cost some hundred dollars with answers of `max_tokens`. */
const DEAR = Array.from({ length: 100 }, (_, index) =>
  request(`r${index + 1}`, 'Say it.', { model: 'claude-opus-4-5', max_tokens: 60_000 }),
)

const keysIn = (folder: string, name = 'out.jsonl'): readonly unknown[] =>
  readFileSync(join(folder, name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).key)

async function place(lines: readonly (object | string)[], flags?: readonly string[]) {
  const folder = temporaryFolder()
  const claude = await startTestEmulator(flags)
  const input = writeInput(folder, lines)
  return {
    folder,
    claude,
    input,
    run: (...more: readonly string[]) =>
      halfrate(['run', input, '-o', 'out.jsonl', ...more, ...claude.flags], { cwd: folder }),
    sizes: async () => (await claude.ledger('posts')).map(({ count }) => count),
  }
}

describe('before rows are sent', () => {
  test('what they cost is said', async () => {
    const { run } = await place(requests(3))
    const { code, stdout, stderr } = await run()
    expect(code, stderr).toBe(0)
    expect(stderr).toMatch(
      /\n3 rows · 3 to send · claude-haiku-4-5\nestimate \$\S+–\S+ in batch, \$\S+–\S+ in real time\s+\(/,
    )
    expect(stdout).toMatch(/estimate was \$\S+–\S+\n/)
  })

  test('nothing is sent where nobody can be asked, and nothing of it is kept', async () => {
    const { folder, run, sizes } = await place(DEAR)
    const { code, stdout, stderr } = await run()
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('100 rows may cost $75.02 in batch, more than --confirm-above $10.00')
    expect(stderr).toContain('  Nothing was sent. Add --yes to send them')
    const verified = await halfrate(['verify'], { cwd: folder })
    expect(verified.stdout).toContain('0 requests checked: everything holds')
    expect(await sizes()).toEqual([])
    const agreed = await run('--yes')
    expect(agreed.code, agreed.stderr).toBe(0)
    expect(agreed.stderr).toContain('100 rows · 100 to send')
    expect(await sizes()).toEqual([100])
  })

  test('a limit on the cost is held whatever was agreed to', async () => {
    const { run, sizes } = await place(DEAR)
    const refused = await run('--yes', '--max-cost', '70')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('--max-cost $70.00: the first attempts of 100 rows can cost $')
    const sent = await run('--yes', '--max-cost', '200')
    expect(sent.code, sent.stderr).toBe(0)
    expect(await sizes()).toEqual([100])
  })

  test('with --json it is an object, and so is a refusal', async () => {
    const { run } = await place(DEAR)
    const { code, stderr } = await run('--json')
    const said = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(code).toBe(1)
    expect(said.find(({ type }) => type === 'estimate')).toMatchObject({
      ...{ job: 'requests', rows: 100, to_send: 100, taken_in_before: 0, basis: 'estimate' },
      batch_high_usd: expect.stringMatching(/^75\.\d+$/),
    })
    expect(said.at(-1)).toMatchObject({ type: 'error', code: 'config' })
  })

  test.for([
    ['--confirm-above', 'much'],
    ['--max-cost', '-1'],
    ['--limit', '0'],
    ['--accept', 'cut_off,late'],
    ['--notify', 'ftp://a.example'],
    ['--notify-format', 'slack'],
  ])('%s %s is refused', async ([flag = '', value = '']) => {
    const folder = temporaryFolder()
    const input = writeInput(folder, requests(1))
    const args = ['run', input, '-o', 'out.jsonl', flag, value]
    const { code, stderr } = await halfrate(args, { cwd: folder })
    expect(code).toBe(1)
    expect(stderr).toMatch(new RegExp(`^${flag}\\b.*\\n  .*\\(code config\\)\\n$`))
    expect(readdirSync(folder)).toEqual([input])
  })
})

describe('a dry run', () => {
  test('needs no key, shows the first request byte by byte, and leaves nothing', async () => {
    const folder = temporaryFolder()
    const params =
      '{"model": "claude-haiku-4-5",  "max_tokens":5,"messages":[{"role":"user","content":"é"}]}'
    const input = writeInput(folder, [`{"key":"a","params":${params}}`, ...DEAR])
    const args = ['run', input, '-o', 'out.jsonl', '--dry-run']
    const { code, stdout, stderr } = await halfrate(args, {
      cwd: folder,
      env: { ANTHROPIC_API_KEY: '' },
    })
    expect(code, stderr).toBe(0)
    expect(stdout).toBe(
      '{"model": "claude-haiku-4-5","max_tokens":5,"messages":[{"role":"user","content":"é"}]}\n',
    )
    expect(stderr).toContain('101 rows · 101 to send · claude-haiku-4-5 1, claude-opus-4-5 100')
    expect(stderr).toContain('dry run: nothing was sent, and nothing of it is kept.')
    expect(readdirSync(folder)).toEqual([input])
  })

  test('knows what was answered before, and changes nothing about it', async () => {
    const { folder, input, run, sizes } = await place(requests(3))
    await run()
    writeInput(folder, requests(5), input)
    const dry = await run('--dry-run', '--json')
    expect(dry.code, dry.stderr).toBe(0)
    expect(JSON.parse(dry.stdout)).toMatchObject({
      ...{ type: 'dry_run', rows: 5, to_send: 2, taken_in_before: 3, first_key: 'r4' },
      first_params: expect.stringMatching(/^{"model":"claude-haiku-4-5".*}$/),
    })
    const real = await run()
    expect(real.code, real.stderr).toBe(0)
    expect(real.stderr).toContain('5 rows · 3 answered before (free) · 2 to send')
    expect(await sizes()).toEqual([3, 2])
    const again = await run('--dry-run')
    expect([again.code, again.stdout]).toEqual([0, ''])
    expect(again.stderr).toContain('5 rows · 5 answered before (free) · 0 to send')
  })
})

test('--limit sends the first rows; without it the same command goes on with the rest', async () => {
  const { folder, run, sizes } = await place([...requests(25), 'no request'])
  const first = await run('--limit', '10')
  expect(first.code, first.stderr).toBe(0)
  expect(first.stderr).toContain('the first 10 rows · 10 to send')
  expect(keysIn(folder)).toHaveLength(10)
  const same = await run('--limit', '10')
  expect(same.stderr).toContain('the first 10 rows · 10 answered before (free) · 0 to send')
  writeInput(folder, requests(25))
  const rest = await run()
  expect(rest.code, rest.stderr).toBe(0)
  expect(rest.stderr).toContain('25 rows · 10 answered before (free) · 15 to send')
  expect(keysIn(folder)).toEqual(requests(25).map((line) => (line as { key: string }).key))
  expect(await sizes()).toEqual([10, 15])
})

test('--accept counts such answers as usable, also for a later run that says nothing', async () => {
  const { folder, claude, run } = await place(requests(2))
  await claude.fault([{ op: 'row', stopReason: 'max_tokens', times: 2 }])
  const { code, stderr } = await run('--accept', 'cut_off,empty')
  expect(code, stderr).toBe(0)
  writeInput(folder, requests(3))
  await claude.fault([{ op: 'row', stopReason: 'max_tokens', times: 1 }])
  expect((await run()).code).toBe(0)
  writeInput(folder, requests(4))
  await claude.fault([{ op: 'row', stopReason: 'max_tokens', times: 1 }])
  expect((await run('--accept', 'none')).code).toBe(2)
})

describe('--detach', () => {
  test('ends when everything is at Claude, and its command collects', async () => {
    const { folder, run, sizes } = await place(requests(6), ['--turnaround', '3h'])
    const sent = await run('--detach', '--batch-size', '3')
    expect(sent.code, sent.stderr).toBe(0)
    expect(sent.stdout).toContain('everything is sent: 6 rows in 2 batches at Claude.')
    const command = sent.stdout.trimEnd().split('\n').at(-1)
    expect(command).toMatch(/ run requests\.jsonl -o out\.jsonl --batch-size 3 /)
    expect(command).not.toContain('--detach')
    expect(existsSync(join(folder, 'out.jsonl'))).toBe(false)
    const early = await halfrate(['results', '--so-far'], { cwd: folder })
    expect([early.code, early.stdout]).toEqual([0, ''])
    expect(early.stderr).toBe('wrote 0 rows; 6 rows not done yet\n')
    const collected = await run('--batch-size', '3')
    expect(collected.code, collected.stderr).toBe(0)
    expect(keysIn(folder)).toHaveLength(6)
    expect(await sizes()).toEqual([3, 3])
  })

  test('is an object with --json', async () => {
    const { run } = await place(requests(2), ['--turnaround', '3h'])
    const { stdout } = await run('--detach', '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ type: 'detached', job: 'requests', at_claude: 2, batches: 1 },
      collect: expect.stringContaining('run requests.jsonl -o out.jsonl --json'),
    })
  })

  test('does not go with what tells of the end', async () => {
    const { run } = await place(requests(1))
    const { code, stderr } = await run('--detach', '--notify', 'https://a.example/secret')
    expect(code).toBe(1)
    expect(stderr).toContain("--notify and --detach can't go together.")
  })
})
