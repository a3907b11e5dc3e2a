import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { halfrate, requests, startTestEmulator, writeInput } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

describe('the output of halfrate run', () => {
  test('is standard output with -o -, and then the report is on standard error', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator()
    const input = writeInput(folder, requests(3))
    const { code, stdout, stderr } = await halfrate(['run', input, '-o', '-', ...claude.flags], {
      cwd: folder,
    })
    expect(code, stderr).toBe(0)
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).key),
    ).toEqual(['r1', 'r2', 'r3'])
    expect(stderr).toContain('3 usable')
  })

  test('has the provider’s own lines with --format anthropic', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator()
    const input = writeInput(folder, requests(3))
    const args = ['run', input, '-o', 'out.jsonl', '--format', 'anthropic', ...claude.flags]
    expect((await halfrate(args, { cwd: folder })).code).toBe(0)
    const lines = readFileSync(join(folder, 'out.jsonl'), 'utf8').trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { custom_id: 'r1', result: { type: 'succeeded', message: { role: 'assistant' } } },
      { custom_id: 'r2', result: { type: 'succeeded' } },
      { custom_id: 'r3', result: { type: 'succeeded' } },
    ])
  })

  test('with --json is one object per change, and the report as one object', async () => {
    const folder = temporaryFolder()
    // Long enough at Claude to be seen there, however busy this machine is.
    const claude = await startTestEmulator(['--turnaround', '1h'])
    const input = writeInput(folder, requests(3))
    const { stdout, stderr } = await halfrate(
      ['run', input, '-o', 'out.jsonl', '--json', ...claude.flags],
      { cwd: folder },
    )
    const changes = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(new Set(changes.map((change) => change.type))).toEqual(
      new Set(['notice', 'estimate', 'batch', 'progress']),
    )
    expect(changes.filter(({ type }) => type === 'batch').map(({ state }) => state)).toEqual(
      expect.arrayContaining(['at_claude', 'ended']),
    )
    expect(JSON.parse(stdout)).toMatchObject({
      type: 'report',
      job: 'requests',
      store: join(folder, 'halfrate.db'),
      output: join(folder, 'out.jsonl'),
      total: 3,
      usable: 3,
      failed: 0,
      paid_usd: expect.stringMatching(/^0\.\d+$/),
      waste_usd: '0.00',
      exit_code: 0,
    })
  })
})

describe('an input that was changed since its last run', () => {
  const changed = requests(3).map((line, index) => {
    const { key } = line as { key: string }
    return index === 1
      ? {
          ...requests(1)[0],
          key,
          params: { ...(line as { params: object }).params, max_tokens: 60 },
        }
      : line
  })

  async function afterFirstRun(): Promise<{
    folder: string
    run: (...more: readonly string[]) => ReturnType<typeof halfrate>
    posts: () => Promise<readonly (number | undefined)[]>
  }> {
    const folder = temporaryFolder()
    const claude = await startTestEmulator()
    const run = (...more: readonly string[]): ReturnType<typeof halfrate> =>
      halfrate(['run', 'requests.jsonl', '-o', 'out.jsonl', ...more, ...claude.flags], {
        cwd: folder,
      })
    writeInput(folder, requests(3))
    expect((await run()).code).toBe(0)
    writeInput(folder, changed)
    return {
      folder,
      run,
      posts: async () => (await claude.ledger('posts')).map(({ count }) => count),
    }
  }

  test('stops before anything is sent, and says how many rows changed', async () => {
    const { run, posts } = await afterFirstRun()
    const { code, stderr } = await run()
    expect(code).toBe(1)
    expect(stderr).toContain(
      '1 row of job "requests" has other params than last time ("r2").\n  Nothing was sent. --changed sends those rows anew, --keep keeps the old answers, --as NAME starts a new job.   (code key_conflict)',
    )
    expect(await posts()).toEqual([3])
  })

  test('sends only the changed rows with --changed', async () => {
    const { run, posts, folder } = await afterFirstRun()
    const { code, stderr } = await run('--changed')
    expect(code, stderr).toBe(0)
    expect(await posts()).toEqual([3, 1])
    expect(readFileSync(join(folder, 'out.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(3)
  })

  test('keeps the old answers with --keep', async () => {
    const { run, posts } = await afterFirstRun()
    const { code, stderr } = await run('--keep')
    expect(code, stderr).toBe(0)
    expect(stderr).toContain('1 changed, old answers kept')
    expect(await posts()).toEqual([3])
  })

  test('is a new job with --as', async () => {
    const { run, posts } = await afterFirstRun()
    const { code, stderr } = await run('--as', 'second')
    expect(code, stderr).toBe(0)
    expect(await posts()).toEqual([3, 3])
  })
})

test('help needs no store and no key', async () => {
  const folder = temporaryFolder()
  const { code, stdout } = await halfrate(['--help'], {
    cwd: folder,
    env: { ANTHROPIC_API_KEY: '' },
  })
  expect(code).toBe(0)
  expect(stdout).toContain('run [options] <file...>')
  expect(existsSync(join(folder, 'halfrate.db'))).toBe(false)
})
