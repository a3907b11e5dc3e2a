import { describe, expect, test } from 'vitest'
import { halfrate, requests, startTestEmulator, writeInput } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const HOUR_MS = 3_600_000

describe('what is wanted by an instant', () => {
  test('is told of before it is sent, and sent at once where it could be later only at risk', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator(['--clock-factor', '1', '--turnaround', '20h'])
    const look = (...args: readonly string[]): ReturnType<typeof halfrate> =>
      halfrate([...args, ...claude.flags.slice(2)], { cwd: folder })
    const input = writeInput(folder, requests(3))
    const by = (hours: number): string => new Date(Date.now() + hours * HOUR_MS).toISOString()
    const dry = async (hours: number) => {
      const { stdout, stderr } = await look(
        'run',
        input,
        '-o',
        'out.jsonl',
        '--dry-run',
        '--json',
        '--by',
        by(hours),
      )
      expect(stdout, stderr).not.toBe('')
      return JSON.parse(stdout.split('\n')[0] ?? '').ready
    }
    expect(await dry(9)).toMatchObject({ outlook: 'likely', batches: 0, of: 'published' })
    expect(await dry(0.3)).toMatchObject({ outlook: 'at_risk' })
    const late = ['--queue', 'late', '--by', by(30)]
    const soon = ['--queue', 'soon', '--by', by(0.5), '--json']
    expect((await look('enqueue', input, ...late)).code).toBe(0)
    const put = await look('enqueue', input, ...soon)
    expect(JSON.parse(put.stdout).wanted_by).toBe(soon[3])
    const before = JSON.parse((await look('status', '--json')).stdout)
    expect(before.queues).toMatchObject([
      { queue: 'late', ready: { outlook: 'likely' } },
      { queue: 'soon', ready: { outlook: 'at_risk' } },
    ])
    const work = await halfrate(['work', '--once', ...claude.flags], { cwd: folder })
    expect(work.code, work.stderr).toBe(0)
    expect((await claude.ledger('posts')).map(({ count }) => count)).toEqual([3])
    const status = await look('status')
    expect(status.stdout).toMatch(/at Claude \d+ s\s+by .*\d\d:\d\d: at risk, usually 5–60 min/)
  })
})
