import { expect, test } from 'vitest'
import { halfrate, requests, startTestEmulator, writeInput } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

test('what somebody waits for is asked by itself, booked at the whole price, and told as what it was', async () => {
  const cwd = temporaryFolder()
  const claude = await startTestEmulator()
  const run = async (...words: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await halfrate(words, { cwd })
    expect(code, stderr).toBe(0)
    return stdout
  }
  const clock = claude.flags.slice(2)
  const input = writeInput(cwd, requests(2))
  const said = await run('enqueue', input, '--queue', 'desk', '--route', 'realtime', ...clock)
  expect(said).toContain('each by itself in real time, at the whole price')
  await run('work', '--once', ...claude.flags)
  await run('work', '--once', ...claude.flags)
  expect(await claude.ledger('posts')).toEqual([])
  const why = JSON.parse(await run('why', 'r1', '--queue', 'desk', '--json', ...clock)) as {
    readonly attempts: readonly Record<string, unknown>[]
  }
  expect(why).toMatchObject({ state: 'done', status: 'succeeded', route: 'realtime' })
  expect(why.attempts).toMatchObject([{ number: 1, route: 'realtime', outcome: 'succeeded' }])
  const [{ cost_usd: cost, realtime_usd: realtime } = {}] = why.attempts
  expect(cost).toBe(realtime)
  const life = await run('why', 'r1', '--queue', 'desk', ...clock)
  expect(life).toContain('to be asked in real time')
  expect(life).toContain('attempt 1: asked in real time')
  expect(life).not.toContain('batch')
  await run('verify', ...clock)
})

test('a route that there is not is refused', async () => {
  const cwd = temporaryFolder()
  const input = writeInput(cwd, requests(1))
  const words = ['enqueue', input, '--queue', 'desk', '--route', 'fast']
  const { code, stderr } = await halfrate(words, { cwd })
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining('--route: expected batch or realtime, got "fast"'),
  ])
})
