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

test('claims of the night that Claude does not bring by six are bought in real time, and costs show what was paid twice', async () => {
  const cwd = temporaryFolder()
  const claude = await startTestEmulator(['--clock-factor', '1', '--turnaround', '8h'])
  const { flags } = claude
  const at = async (now: readonly string[], ...words: readonly string[]) => {
    const answer = await halfrate([...words, ...now.slice(2)], { cwd })
    expect(answer.code, answer.stderr).toBe(0)
    return answer.stdout
  }
  const work = async (now: readonly string[]) => {
    const { code, stderr } = await halfrate(['work', '--once', '--json', ...now], { cwd })
    expect(code, stderr).toBe(0)
    return stderr.split('\n').filter((line) => line.includes('"rescued"'))
  }
  const GRID = 300_000
  const wantedAt = Math.ceil((Date.now() + 4 * 3_600_000) / GRID) * GRID
  const by = new Date(wantedAt).toISOString()
  const night = writeInput(cwd, requests(3))
  await at(flags, 'enqueue', night, '--queue', 'claims', '--by', by)
  await at(flags, 'queues', 'set', 'claims', '--flush-age', '0s', '--rescue', 'hedge')
  await at(flags, 'budgets', 'set', '--queue', 'claims', '--hedges', '--day', '5')
  expect(await work(flags)).toEqual([])
  const late = await claude.advance(`${Math.round((wantedAt - Date.now()) / 60_000) - 4}m`)
  const [rescued, ...others] = (await work(late)).map((line) => JSON.parse(line) as object)
  expect(rescued).toMatchObject({ how: 'hedge', queue: 'claims', requests: 3, wanted_by: by })
  expect(others).toEqual([])
  expect((await at(late, 'results', '--queue', 'claims')).trim().split('\n')).toHaveLength(3)
  const why = await at(late, 'why', 'r1', '--queue', 'claims')
  expect(why).toContain('attempt 2: asked in real time (hedged)')
  const budgets = await at(late, 'budgets')
  expect(budgets).toContain('hedging of queue claims')
  const morning = await claude.advance('9h')
  await work(morning)
  const { total } = JSON.parse(await at(morning, 'costs', '--json')) as {
    readonly total: Readonly<Record<string, unknown>>
  }
  // Half of what a call costs: the batch's answers came second.
  expect(total).toMatchObject({ requests: 3, attempts: 6, paid_twice: 3 })
  expect(Number(total.paid_twice_usd) * 3).toBeCloseTo(Number(total.paid_usd), 6)
})
