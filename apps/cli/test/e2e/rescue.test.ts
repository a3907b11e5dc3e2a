import { expect, test } from 'vitest'
import { halfrate, requests, startTestEmulator, writeInput } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const inHalfAnHour = (): string => new Date(Date.now() + 1_800_000).toISOString()

test('a queue calls in real time what waited until a batch would be late, and only when it is told to', async () => {
  const cwd = temporaryFolder()
  const claude = await startTestEmulator(['--clock-factor', '1', '--turnaround', '20h'])
  const ask = (...words: readonly string[]) =>
    halfrate([...words, ...claude.flags.slice(2)], { cwd })
  const work = () => halfrate(['work', '--once', '--json', ...claude.flags], { cwd })
  const input = writeInput(cwd, requests(2))
  const by = inHalfAnHour()
  for (const queue of ['claims', 'other']) {
    const put = await ask('enqueue', input, '--queue', queue, '--by', by)
    expect(put.code, put.stderr).toBe(0)
  }
  const set = await ask('queues', 'set', 'claims', '--rescue', 'reroute')
  expect([set.code, set.stdout]).toEqual([0, expect.stringContaining('real time')])
  const worked = await work()
  expect(worked.code, worked.stderr).toBe(0)
  const events = worked.stderr
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
  expect(events.filter(({ type }) => type === 'rescued')).toMatchObject([
    { queue: 'claims', requests: 2 },
  ])
  expect(events.filter(({ code }) => code === 'deadline_at_risk')).toMatchObject([
    { message: expect.stringContaining('Of queue other 2 waiting for a batch') },
  ])
  const claims = await ask('why', 'r1', '--queue', 'claims', '--json')
  expect(JSON.parse(claims.stdout)).toMatchObject({ route: 'realtime', route_why: 'rescue' })
  const other = await ask('why', 'r1', '--queue', 'other', '--json')
  expect(JSON.parse(other.stdout)).toMatchObject({ route: 'batch' })
  const results = await ask('results', '--queue', 'claims')
  expect(results.stdout.trim().split('\n')).toHaveLength(2)
})
