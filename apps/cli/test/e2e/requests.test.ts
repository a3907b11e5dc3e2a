import { describe, expect, test } from 'vitest'
import { halfrate, request, requests, startTestEmulator, writeInput } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

describe('requests that are in no job', () => {
  test('are enqueued once, wait as their queue says, and are canceled while that is free', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator(['--turnaround', '20h'])
    const look = (...args: readonly string[]): ReturnType<typeof halfrate> =>
      halfrate([...args, ...claude.flags.slice(2)], { cwd: folder })
    const input = writeInput(folder, requests(3))
    const first = await look('enqueue', input, '--queue', 'triage')
    expect(first.stdout).toBe(
      ` new queue triage: 3 requests · 3 new · 0 there before
 sends at 10,000 requests, 200 MB or after 1 h, batches of up to 100,000 · lost answers: resend · given up after 3 failures or 3 d
 next: halfrate work
`,
    )
    const changed = writeInput(folder, [request('r1'), request('r2', 'Other.')], 'changed.jsonl')
    const second = await look('enqueue', changed, '--queue', 'triage', '--json')
    expect(second.code).toBe(2)
    expect(JSON.parse(second.stdout)).toEqual({
      ...{ type: 'enqueued', queue: 'triage', new_queue: false, total: 2, new: 0, same: 1 },
      ...{ conflicts: 1, conflict_keys: ['r2'], route: 'batch', wanted_by: null },
      ...{ in_real_time: 0, likely_late: 0 },
    })
    const why = await look('why', 'r1', '--queue', 'triage')
    expect(why.stdout).toContain('taken into queue triage, to go by batch')
    const one = await look('cancel', 'r1', '--queue', 'triage')
    expect(one.stdout).toBe('queue triage: 1 canceled for free\n')
    const again = await look('cancel', 'r1', '--queue', 'triage', '--json')
    expect(JSON.parse(again.stdout)).toMatchObject({ canceled: 0, at_claude: 0, unchanged: 1 })
    expect((await look('queues', 'flush', 'triage')).stdout).toBe(
      '2 requests of queue triage go with the next batch (halfrate work)\n',
    )
    const work = await halfrate(['work', '--once', ...claude.flags], { cwd: folder })
    expect(work.code, work.stderr).toBe(0)
    expect((await claude.ledger('posts')).map(({ count }) => count)).toEqual([2])
    const rest = await look('cancel', '--queue', 'triage', '--all')
    expect(rest.stdout).toContain('queue triage: 2 at Claude: what it answers all the same is paid')
  })

  test('are held back by the pause of their own queue, and by no other', async () => {
    const folder = temporaryFolder()
    const look = (...args: readonly string[]): ReturnType<typeof halfrate> =>
      halfrate([...args, '--store', 'my claims.db'], { cwd: folder })
    const input = writeInput(folder, requests(1))
    for (const queue of ['triage', 'sums']) await look('enqueue', input, '--queue', queue)
    await look('queues', 'pause', 'triage', '--note', 'new prompt')
    const held =
      /held back: queue triage paused by hand .* ago\s+\(new prompt\);\s+halfrate\s+resume\s+--queue\s+triage\s+--store\s+'my\s+claims.db'/
    expect((await look('status')).stdout).toMatch(held)
    expect((await look('why', 'r1', '--queue', 'triage')).stdout).toMatch(held)
    const other = await look('why', 'r1', '--queue', 'sums')
    expect(other.stdout).toContain('next   it goes into the next batch')
    expect(other.stdout).toContain('cost   nothing was sent')
  })

  test('are not stored when a line is wrong, and not canceled when a key is', async () => {
    const folder = temporaryFolder()
    const cwd = { cwd: folder }
    const bad = writeInput(folder, [request('a'), '{"key": "b"}'], 'bad.jsonl')
    const refused = await halfrate(['enqueue', bad, '--queue', 'triage'], cwd)
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('bad.jsonl:2')
    await halfrate(['enqueue', writeInput(folder, requests(2)), '--queue', 'triage'], cwd)
    const cancel = async (...args: readonly string[]): Promise<string> => {
      const { code, stderr } = await halfrate(['cancel', ...args], cwd)
      expect(code).toBe(1)
      return stderr
    }
    expect(await cancel('r1', 'nine', '--queue', 'triage')).toContain('the key "nine".')
    expect(await cancel('--queue', 'rum', '--all')).toContain('this store has no queue "rum"')
    expect(await cancel('--queue', 'triage')).toContain('expected keys, or --all, got neither')
    expect(await cancel('--all')).toContain('--all: expected --job or --queue beside it')
    const { queues } = JSON.parse((await halfrate(['queues', '--json'], cwd)).stdout)
    expect(queues).toMatchObject([{ queue: 'triage', waiting: 2 }])
  })
})
