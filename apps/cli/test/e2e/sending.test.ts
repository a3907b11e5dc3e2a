import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  halfrate,
  request,
  requests,
  startHalfrate,
  startTestEmulator,
  writeInput,
} from '../support/cli.js'
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
    const refused = await run('--yes', '--max-cost', '0.001')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('--max-cost $0.001: 100 rows cost $')
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

  test('says that the run would be refused for its cost, and ends as it would', async () => {
    const { run, sizes } = await place(DEAR)
    const { code, stdout, stderr } = await run('--dry-run', '--max-cost', '0.001')
    expect(code).toBe(1)
    expect(stdout).toContain('{"model":"claude-opus-4-5"')
    expect(stderr).toContain('dry run: nothing was sent')
    expect(stderr).toContain('--max-cost $0.001: 100 rows cost $')
    const json = await run('--dry-run', '--max-cost', '0.001', '--json')
    expect(JSON.parse(json.stdout)).toMatchObject({ type: 'dry_run', to_send: 100 })
    const last = json.stderr.trimEnd().split('\n').at(-1) ?? ''
    expect(JSON.parse(last)).toMatchObject({ type: 'error', code: 'config' })
    expect((await run('--dry-run', '--max-cost', '200')).code).toBe(0)
    expect(await sizes()).toEqual([])
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

describe('rows that wait from before', () => {
  test('are priced and asked about when retry put them back', async () => {
    const { folder, claude, run, sizes } = await place([
      ...requests(2),
      request('cut', 'Say it.', { max_tokens: 1 }),
    ])
    expect((await run()).code).toBe(2)
    const clock = claude.flags.slice(2)
    const raise = ['retry', 'cut', '--job', 'requests', '--max-tokens', '60000', ...clock]
    expect((await halfrate(raise, { cwd: folder })).code).toBe(0)
    const dry = JSON.parse((await run('--dry-run', '--json')).stdout)
    expect(dry).toMatchObject({
      ...{ rows: 3, to_send: 1, waiting_before: 1, taken_in_before: 3, done_before: 2 },
      ...{ in_batches: 0, first_key: null, models: [{ rows: 1, most_answer_tokens: 60_000 }] },
      batch_high_usd: expect.stringMatching(/^0\.15\d+$/),
    })
    const unasked = await run('--confirm-above', '0.1')
    expect([unasked.code, unasked.stdout]).toEqual([1, ''])
    expect(unasked.stderr).toContain(
      '3 rows · 2 answered before (free) · 1 waiting from before · 1 to send · claude-haiku-4-5\nestimate $',
    )
    expect(unasked.stderr).toContain('1 row may cost $0.15 in batch, more than')
    const dear = await run('--yes', '--max-cost', '0.10')
    expect(dear.code).toBe(2)
    expect(dear.stdout).toContain(
      '1 row waits for the budget of the job: the next row needs a cap of',
    )
    expect(await sizes()).toEqual([3])
    const sent = await run('--max-cost', '1')
    expect(sent.code, sent.stderr).toBe(0)
    expect(await sizes()).toEqual([3, 1])
  })

  test('are counted whichever input brought them, and those in batches are said apart', async () => {
    const { folder, claude, input, run } = await place(requests(4), ['--turnaround', '20h'])
    const detached = await run('--detach')
    expect(detached.code, detached.stderr).toBe(0)
    const clock = claude.flags.slice(2)
    expect((await halfrate(['pause', ...clock], { cwd: folder })).code).toBe(0)
    writeInput(folder, requests(10), input)
    const args = ['run', input, '-o', 'out.jsonl', ...claude.flags]
    const running = startHalfrate(args, { cwd: folder })
    await running.said(/held back: paused by hand/)
    running.child.kill('SIGINT')
    expect((await running.ended).code).toBe(130)
    const all = await run('--dry-run')
    expect(all.stderr).toContain(
      '10 rows · 4 in batches already (paid with them) · 6 waiting from before · 6 to send',
    )
    const changed = requests(10).map((line, index) =>
      index === 9 ? request('r10', 'Say something else.') : line,
    )
    writeInput(folder, changed, input)
    const less = await run('--dry-run', '--limit', '2', '--json')
    expect(JSON.parse(less.stdout)).toMatchObject({
      ...{ rows: 2, to_send: 6, waiting_before: 6, taken_in_before: 2, done_before: null },
      in_batches: 4,
    })
    // The row that is changed takes the place of one that waits.
    const edited = await run('--dry-run', '--changed', '--json')
    expect(JSON.parse(edited.stdout)).toMatchObject({
      ...{ rows: 10, to_send: 6, waiting_before: 5, first_key: 'r10' },
      models: [{ rows: 6 }],
    })
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
    const { folder, claude, input, run, sizes } = await place(requests(6), ['--turnaround', '20h'])
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
    const object = ['results', '-o', 'early.jsonl', '--json']
    const beside = await halfrate(object, { cwd: folder })
    expect([beside.code, beside.stderr]).toEqual([2, ''])
    expect(JSON.parse(beside.stdout)).toEqual({
      ...{ type: 'results', job: 'requests', rows: 6, not_done: 0 },
      ...{ output: expect.stringMatching(/\/early\.jsonl$/), exit_code: 2 },
    })
    const flags = ['--batch-size', '3', ...(await claude.advance('21h'))]
    const collected = await halfrate(['run', input, '-o', 'out.jsonl', ...flags], { cwd: folder })
    expect(collected.code, collected.stderr).toBe(0)
    expect(keysIn(folder)).toHaveLength(6)
    expect(await sizes()).toEqual([3, 3])
  })

  test('is an object with --json', async () => {
    const { run } = await place(requests(2), ['--turnaround', '20h'])
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
