import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openHalfrate } from '../../src/index.js'
import { halfrate, requests, startHalfrate, startTestEmulator, writeInput } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

describe('commands beside a run', () => {
  test('status, why, results and verify tell of a job that is under way', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator(['--turnaround', '20h'])
    const input = writeInput(folder, requests(5))
    const run = startHalfrate(['run', input, '-o', 'out.jsonl', ...claude.flags], { cwd: folder })
    await run.said(/rows: at Claude/)
    const clock = claude.flags.slice(2)
    const look = (...args: readonly string[]): ReturnType<typeof halfrate> =>
      halfrate([...args, ...clock], { cwd: folder })
    const status = await look('status')
    expect(status.stdout).toContain(`store ${join(folder, 'halfrate.db')}`)
    expect(status.stdout).toMatch(/job requests {2}5 rows {4}answered 0 {4}at Claude 5/)
    expect(status.stdout).toMatch(/msgbatch_\w+ {2}5 rows {4}at Claude \d+ (s|min|h)/)
    const why = await look('why', 'r3', '--job', 'requests')
    expect(why.stdout).toMatch(/taken into job requests as row 3/)
    expect(why.stdout).toMatch(/next {3}at Claude/)
    expect(why.stdout).toContain('could help   halfrate work')
    const results = await look('results', '--job', 'requests')
    expect(results.stdout.trimEnd().split('\n')).toHaveLength(5)
    expect(JSON.parse(results.stdout.split('\n')[0] ?? '')).toMatchObject({
      key: 'r1',
      status: 'waiting',
    })
    expect(results.code).toBe(2)
    expect((await look('verify')).stdout).toBe('5 requests checked: everything holds\n')
    run.child.kill('SIGINT')
    expect((await run.ended).code).toBe(130)
  })

  test('status says what a queue with a schedule waits for, and until when', async () => {
    const folder = temporaryFolder()
    const flush = { schedule: '0 2 29 2 *', timeZone: 'Australia/Sydney' }
    {
      await using half = await openHalfrate({ store: join(folder, 'halfrate.db') })
      const messages = [{ role: 'user', content: 'Which team?' }]
      const params = { model: 'claude-haiku-4-5', max_tokens: 20, messages }
      await half.queue('leap', { flush }).enqueue({ key: 'a', params })
    }
    const status = await halfrate(['status'], { cwd: folder })
    expect(status.stdout.replace(/\s+/g, ' ')).toMatch(
      /queue leap waiting 1 next batch \w+ \d+ \d\d:\d\d, by 0 2 29 2 \* in Australia\/Sydney/,
    )
    const { queues } = JSON.parse((await halfrate(['status', '--json'], { cwd: folder })).stdout)
    expect(queues).toMatchObject([
      { queue: 'leap', waiting: 1, schedule: '0 2 29 2 *', time_zone: 'Australia/Sydney' },
    ])
    expect(queues[0].next_batch_at).toMatch(/-02-28T15:00:00.000Z$/)
  })

  test('results and why tell of a job that is done', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator()
    const input = writeInput(folder, requests(3))
    await halfrate(['run', input, '-o', 'out.jsonl', ...claude.flags], { cwd: folder })
    const results = await halfrate(['results'], { cwd: folder })
    expect(results.stdout).toBe(readFileSync(join(folder, 'out.jsonl'), 'utf8'))
    expect(results.code).toBe(0)
    const why = await halfrate(['why', 'r1'], { cwd: folder })
    expect(why.stdout).toMatch(/attempt 1: answered, \$0\.\d+/)
    expect(why.stdout).toContain('next   nothing: it is final')
    expect(why.stdout).toMatch(/cost {3}\$0\.\d+ for 1 attempt; \$0\.\d+ in real time/)
    const missing = await halfrate(['why', 'r9'], { cwd: folder })
    expect(missing.code).toBe(1)
    expect(missing.stderr).toContain('job requests has no request with the key "r9".')
  })

  test('work --once does what is due and says when the next thing is', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator(['--turnaround', '20h'])
    const input = writeInput(folder, requests(3))
    const run = startHalfrate(['run', input, '-o', 'out.jsonl', ...claude.flags], { cwd: folder })
    await run.said(/rows: at Claude/)
    run.child.kill('SIGINT')
    await run.ended
    const { code, stderr } = await halfrate(['work', '--once', ...claude.flags], { cwd: folder })
    expect(code, stderr).toBe(0)
    expect(stderr).toMatch(/next: due/)
  })
})
