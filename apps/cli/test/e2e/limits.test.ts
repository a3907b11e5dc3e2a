import { expect, test } from 'vitest'
import { halfrate, requests, startTestEmulator, writeInput } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

async function place() {
  const cwd = temporaryFolder()
  const claude = await startTestEmulator(['--clock-factor', '1'])
  const env = { ANTHROPIC_ADMIN_KEY: 'sk-ant-admin01-emulated' }
  const run = async (...words: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await halfrate(words, { cwd, env })
    expect(code, stderr).toBe(0)
    return stdout
  }
  const clock = claude.flags.slice(2)
  await run('enqueue', writeInput(cwd, requests(10)), '--queue', 'triage', ...clock)
  await run('queues', 'flush', 'triage', ...clock)
  return {
    run: (...words: readonly string[]) => run(...words, ...clock),
    asking: (...words: readonly string[]) => run(...words, ...claude.flags),
  }
}

test('the provider is asked how long the line may be, and batches keep to what was said', async () => {
  const { run, asking } = await place()
  expect(await run('limits')).toBe(
    '0 requests in line at Claude; nobody said how many there may be\n',
  )
  expect(await asking('limits', 'set', '--enqueued', 'ask')).toBe(
    '0 of 500,000 requests in line at Claude\n',
  )
  await run('limits', 'set', '--enqueued', '7')
  await asking('work', '--once')
  expect(await run('limits')).toBe(
    '7 of 7 requests in line at Claude\n  triage: 7, 3 wait for room\n',
  )
  const status = JSON.parse(await run('status', '--json')) as { readonly held_back: string | null }
  expect(status.held_back).toContain('7 of 7 requests in line at Claude')
  expect(JSON.parse(await run('limits', 'set', '--enqueued', 'none', '--json'))).toEqual({
    ...{ type: 'limits', enqueued_limit: null, enqueued: 7 },
    queues: [{ project: 'default', queue: 'triage', enqueued: 7, waiting_for_room: 3 }],
  })
})
