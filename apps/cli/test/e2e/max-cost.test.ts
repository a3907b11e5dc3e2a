import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { halfrate, request, startHalfrate, startTestEmulator, writeInput } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

/** Rows that can cost 15 cents each and do cost next to nothing. */
const ROWS = Array.from({ length: 5 }, (_, index) =>
  request(`r${index + 1}`, 'Say it.', { max_tokens: 60_000 }),
)

async function place(lines: readonly (object | string)[] = ROWS, flags?: readonly string[]) {
  const folder = temporaryFolder()
  const claude = await startTestEmulator(flags)
  const input = writeInput(folder, lines)
  const run = (...more: readonly string[]) =>
    halfrate(['run', input, '-o', 'out.jsonl', ...more, ...claude.flags], { cwd: folder })
  return {
    ...{ folder, claude, input, run },
    args: (...more: readonly string[]) => [
      'run',
      input,
      '-o',
      'out.jsonl',
      ...more,
      ...claude.flags,
    ],
    sizes: async () => (await claude.ledger('posts')).map(({ count }) => count),
    ask: (...words: readonly string[]) =>
      halfrate([...words, ...claude.flags.slice(2)], { cwd: folder }),
    work: () => halfrate(['work', '--once', ...claude.flags], { cwd: folder }),
    written: () =>
      readFileSync(join(folder, 'out.jsonl'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
  }
}

describe('run --max-cost', () => {
  test('sends as much at a time as can cost no more, until all is answered', async () => {
    const { run, sizes } = await place()
    const { code, stderr } = await run('--max-cost', '0.31')
    expect(code, stderr).toBe(0)
    expect(stderr).toContain('never more than the cap of $0.31; what does not fit waits')
    expect(stderr).toMatch(/paid \$\S+ +saved \$\S+ +cap \$0\.31, \$\S+ of it used\n/)
    expect(await sizes()).toEqual([2, 2, 1])
  })

  test('ends when nothing is under way and the next row does not fit, and says how to go on', async () => {
    const { run, sizes, written, ask } = await place()
    const small = await run('--max-cost', '0.10')
    expect(small.code, small.stderr).toBe(2)
    expect(small.stdout).toMatch(
      /5 rows wait for the budget of the job: the next row needs a cap of \$0\.16, and it is \$0\.10 \(cap \$0\.10, \$0 of it used\)\.\s+To go on:\n.*run requests\.jsonl -o out\.jsonl [\s\S]*--max-cost 0\.91\n/,
    )
    expect(await sizes()).toEqual([])
    expect(written().map(({ status }) => status)).toEqual(Array(5).fill('waiting'))
    const again = await run()
    expect(again.code).toBe(2)
    expect(again.stderr).toContain('never more than the cap of $0.10; what does not fit waits')
    const status = await ask('status')
    expect(status.stdout).toMatch(
      /cap \$0\.10, \$0 of it used\s+waits for the budget of the job: the next row/,
    )
    expect(status.stdout).toContain('nothing is due')
    const [job] = JSON.parse((await ask('status', '--json')).stdout).jobs
    expect(job.budget).toEqual({
      ...{ cap_usd: '0.10', paid_usd: '0.00', possibly_paid_usd: '0.00', held_usd: '0.00' },
      ...{ used_usd: '0.00', is_stopped: true, needed_usd: expect.stringMatching(/^0\.15\d+$/) },
    })
    const why = await ask('why', 'r3')
    expect(why.stdout).toMatch(/next +waits for the budget of its job: the next row needs a cap of/)
    expect(JSON.parse((await ask('why', 'r3', '--json')).stdout)).toMatchObject({
      waits_for_budget: true,
    })
    const more = await run('--max-cost', '0.2')
    expect(more.code, more.stderr).toBe(0)
    expect(await sizes()).toEqual([1, 1, 1, 1, 1])
  })

  test('is looked at by --dry-run: whether rows are refused, stop at once, or go', async () => {
    const { run, sizes } = await place()
    const dry = async (cap: string): Promise<string> => {
      const { code, stderr } = await run('--dry-run', '--max-cost', cap)
      return `${code} ${stderr.replaceAll(/\s+/g, ' ')}`
    }
    expect(await dry('0.00001')).toMatch(/^1 .* 5 rows cost \$\S+ in batch at the very least/)
    expect(await dry('0.10')).toMatch(/^0 .* no row fits: one can cost \$0\.16, so nothing is sent/)
    expect(await dry('0.50')).toMatch(/^0 .* it may stop before the last row/)
    expect(await dry('0.85')).toMatch(
      /^0 .*what does not fit waits store|^0 .*what does not fit waits/,
    )
    expect(await dry('0.85')).not.toMatch(/may stop|no row fits/)
    expect(await sizes()).toEqual([])
  })

  test('stands for the job until it is taken away', async () => {
    const { run, sizes, work } = await place()
    expect((await run('--max-cost', '0.10')).code).toBe(2)
    expect((await work()).code).toBe(0)
    expect(await sizes()).toEqual([])
    const free = await run('--max-cost', 'none')
    expect(free.code, free.stderr).toBe(0)
    expect(await sizes()).toEqual([5])
  })

  test('lower than what was paid sends nothing more, and says so', async () => {
    const { run, sizes, ask } = await place()
    expect((await run('--max-cost', '0.2', '--limit', '2')).code).toBe(0)
    expect((await ask('retry', 'r1', '--job', 'requests', '--max-tokens', '50000')).code).not.toBe(
      0,
    )
    const { code, stderr } = await run('--max-cost', '0.000001')
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /--max-cost \$0\.000001: 3 rows cost \$\S+ in batch at the very least, and \$\S+ of it is used/,
    )
    expect(await sizes()).toEqual([1, 1])
  })

  test('with --detach ends when what fits is at Claude, and says how many rows wait and what goes on', async () => {
    const { folder, claude, input, run, sizes, ask } = await place(ROWS, ['--turnaround', '20h'])
    const sent = await run('--max-cost', '0.31', '--detach')
    expect(sent.code, sent.stderr).toBe(0)
    expect(sent.stdout.replaceAll(/\s+/g, ' ')).toContain(
      'what fits under the cap of $0.31 is sent: 2 rows in 1 batch at Claude; 3 rows wait for it.',
    )
    expect(await sizes()).toEqual([2])
    const status = (await ask('status')).stdout.replaceAll(/\s+/g, ' ')
    expect(status).toContain('3 rows wait for the budget of the job, until what is under way has')
    const object = await run('--detach', '--json')
    expect(JSON.parse(object.stdout)).toMatchObject({ at_claude: 2, waiting_for_budget: 3 })
    const later = await claude.advance('21h')
    const goOn = ['run', input, '-o', 'out.jsonl', '--detach', ...later]
    const second = await halfrate(goOn, { cwd: folder })
    expect(second.code, second.stderr).toBe(0)
    expect(second.stdout.replaceAll(/\s+/g, ' ')).toContain(
      '2 rows in 1 batch at Claude; 1 row waits',
    )
    expect(await sizes()).toEqual([2, 2])
  })

  test('has a row that fits wait behind one that does not, and why says so', async () => {
    const small = request('r3', 'Say it.', { max_tokens: 10 })
    const { run, sizes, ask } = await place([...ROWS.slice(0, 2), small], ['--turnaround', '20h'])
    expect((await run('--max-cost', '0.2', '--detach')).code).toBe(0)
    expect(await sizes()).toEqual([1])
    const why = async (key: string): Promise<object> =>
      JSON.parse((await ask('why', key, '--json')).stdout)
    expect(await why('r1')).toMatchObject({ waits_for_budget: false })
    expect(await why('r2')).toMatchObject({ waits_for_budget: true })
    expect(await why('r3')).toMatchObject({ waits_for_budget: true })
    expect((await ask('why', 'r3')).stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /waits for the budget of its job: the next row needs a cap of \$0\.3\d, and it is \$0\.20/,
    )
  })

  test('holds when the process is killed between two batches, and the same command goes on', async () => {
    const { folder, args, run, sizes } = await place()
    const killed = startHalfrate(args('--max-cost', '0.31'), {
      cwd: folder,
      diesSaying: /batch 1, 2 rows: ended/,
    })
    expect((await killed.ended).signal).toBe('SIGKILL')
    expect(existsSync(join(folder, 'out.jsonl'))).toBe(false)
    const { code, stderr } = await run()
    expect(code, stderr).toBe(0)
    expect(await sizes()).toEqual([2, 2, 1])
  })

  test('does not begin where a price is not known', async () => {
    const { run, ask } = await place([request('a', 'Say it.', { model: 'claude-next' })])
    const { code, stderr } = await run('--yes', '--max-cost', '20')
    expect(code).toBe(1)
    expect(stderr).toContain(
      '--max-cost $20.00: what 1 row can cost has no known limit: there is no price for "claude-next".',
    )
    expect(stderr).toContain(
      'Nothing was sent. Use --max-cost none, or take a model with a known price',
    )
    expect((await ask('verify')).stdout).toContain('0 requests checked')
  })

  test('is told to programs', async () => {
    const { run } = await place()
    const { code, stdout, stderr } = await run('--json', '--max-cost', '0.10')
    expect(code).toBe(2)
    const said = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(said.find(({ type }) => type === 'estimate')).toMatchObject({ cap_usd: '0.10' })
    expect(said.find(({ type }) => type === 'budget')).toMatchObject({ cap_usd: '0.10' })
    expect(JSON.parse(stdout)).toMatchObject({ waiting: 5, budget: { is_stopped: true } })
  })
})
