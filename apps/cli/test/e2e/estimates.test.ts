import { describe, expect, test } from 'vitest'
import { halfrate, request, startHalfrate, startTestEmulator, writeInput } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const WORDS = 'The water came through the ceiling on Sunday night. '

const ROWS = Array.from({ length: 30 }, (_, index) =>
  request(`r${index + 1}`, WORDS.repeat(3 + index), { model: 'claude-opus-5-5' }),
)

async function place(lines: readonly object[] = ROWS) {
  const folder = temporaryFolder()
  const claude = await startTestEmulator()
  const input = writeInput(folder, lines)
  const args = (...more: readonly string[]) => [
    ...['run', input, '-o', 'out.jsonl'],
    ...more,
    ...claude.flags,
  ]
  const run = (...more: readonly string[]) => halfrate(args(...more), { cwd: folder })
  return { folder, claude, args, run }
}

const objects = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

describe('--count-tokens', () => {
  test('asks Claude before a dry run too, sends nothing, and says how many it counted', async () => {
    const { claude, run } = await place()
    const { code, stdout, stderr } = await run('--count-tokens', '--dry-run')
    expect(code, stderr).toBe(0)
    expect(stderr).toContain('asking Claude for the tokens of 30 of 30 prompts; this is free\n')
    expect(stdout + stderr).toContain(
      '(prompts ± 1 %: 30 of 30 counted at Claude; the high end has',
    )
    expect(await claude.ledger('posts')).toEqual([])
    const json = objects((await run('--count-tokens', '--dry-run', '--json')).stdout)
    expect(json.at(-1)).toMatchObject({
      type: 'dry_run',
      grounds: { prompts: 'counted', counted_rows: 30, count_error_share: 0.01, uncounted_rows: 0 },
    })
  })

  test('goes on without where Claude does not count, and shows no key', async () => {
    const { claude, run } = await place()
    await claude.fault([{ op: 'countTokens', error: 'rate_limit' }])
    const { code, stdout, stderr } = await run('--count-tokens')
    expect(code, stderr).toBe(0)
    expect(stderr).toMatch(/\nnot all could be counted: .+; the estimate goes without\n/)
    expect(stderr).toContain('(by bytes alone; ')
    expect(stdout + stderr).not.toContain('test-key')
  })

  test('needs a key for a dry run', async () => {
    const folder = temporaryFolder()
    const input = writeInput(folder, ROWS)
    const args = ['run', input, '-o', 'out.jsonl', '--dry-run', '--count-tokens']
    const { code, stderr } = await halfrate(args, { cwd: folder, env: { ANTHROPIC_API_KEY: '' } })
    expect(code).toBe(1)
    expect(stderr).toContain('ANTHROPIC_API_KEY')
  })
})

describe('the estimate of a job', () => {
  test('survives a crash: the run that goes on holds the cost against it', async () => {
    const { folder, claude, args, run } = await place()
    const died = startHalfrate(args('--json'), { cwd: folder, diesSaying: /"type":"batch"/ })
    expect((await died.ended).signal).toBe('SIGKILL')
    const estimate = objects((await died.ended).stderr).find(({ type }) => type === 'estimate')
    const { code, stdout, stderr } = await run('--json')
    expect(code, stderr).toBe(0)
    const kept = { batch_low_usd: estimate.batch_low_usd, batch_high_usd: estimate.batch_high_usd }
    expect(objects(stdout).at(-1).estimate).toMatchObject({
      ...kept,
      ...{ basis: 'estimate', prompts: 'bytes', answers: 'max_tokens', missed_usd: '0.00' },
    })
    const status = await halfrate(['status', '--json', ...claude.flags.slice(2)], { cwd: folder })
    expect(objects(status.stdout).at(-1).jobs[0].estimate).toMatchObject(kept)
  })

  test('of the next job goes by the answers of the one before', async () => {
    const { run } = await place()
    expect((await run()).code).toBe(0)
    const { stdout, stderr } = await run('--as', 'again', '--json', '--dry-run')
    expect(objects(stdout).at(-1), stderr).toMatchObject({
      grounds: { prompts: 'history', answers: 'history', history_answers: 30 },
    })
  })
})

test('where real time would read what batch writes, the screen says that batch is dearer, and why', async () => {
  const cache_control = { type: 'ephemeral' }
  const system = [{ type: 'text', text: WORDS.repeat(200), cache_control }]
  const rows = ROWS.slice(0, 9).map((_, index) =>
    request(`r${index}`, WORDS, { model: 'claude-opus-5-5', max_tokens: 20, system }),
  )
  const { run } = await place(rows)
  const { code, stderr } = await run('--dry-run')
  expect(code, stderr).toBe(0)
  expect(stderr.replace(/\s+/g, ' ')).toMatch(
    /batch is dearer here: \$\S+ without cache hits, \$\S+ in real time\. 9 rows share a cached prefix/,
  )
  const { stdout } = await run('--dry-run', '--json')
  expect(objects(stdout).at(-1).caching).toMatchObject({ rows: 9, batch_is_dearer: 'yes' })
})
