import { expect, test } from 'vitest'
import { halfrate, request, startTestEmulator, writeInput } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

test('answers that were cut off are asked for again with more room, once, and the old ones stay in view', async () => {
  const folder = temporaryFolder()
  const claude = await startTestEmulator()
  const short = { max_tokens: 1 }
  const input = writeInput(folder, [
    request('r1', 'Say it.', short),
    request('r2', 'Say it.', short),
    request('r3'),
  ])
  const run = ['run', input, '-o', 'out.jsonl', ...claude.flags]
  expect((await halfrate(run, { cwd: folder })).code).toBe(2)
  const look = (...args: readonly string[]): ReturnType<typeof halfrate> =>
    halfrate([...args, ...claude.flags.slice(2)], { cwd: folder })
  expect((await look('why', 'r1')).stdout).toContain(
    'halfrate retry r1 --job requests --max-tokens 2',
  )
  const raise = ['retry', '--cut-off', '--max-tokens', '500']
  const asked = await look(...raise, '--dry-run')
  expect(asked.stdout).toMatch(
    /^ job requests: 2 requests would wait again with max_tokens 500, for \$0\.\d+ at most\n nothing was changed\n$/,
  )
  const done = await look(...raise, '--json')
  expect(JSON.parse(done.stdout)).toMatchObject({ retried: 2, refused: {}, max_tokens: 500 })
  expect((await look(...raise)).stdout).toBe(' job requests: nothing to send again\n')
  const keys = await look('retry', 'r1', 'r3', '--job', 'requests')
  expect(keys.code).toBe(2)
  expect(keys.stdout).toContain('not sent again: 1 not done yet · 1 answered well')
  const again = await halfrate(run, { cwd: folder })
  expect(again.code, again.stderr).toBe(0)
  expect((await claude.ledger('posts')).map(({ count }) => count)).toEqual([3, 2])
  const why = await look('why', 'r1')
  expect(why.stdout).toMatch(/before it: cut off.*, \$0\.\d+ for 1 attempt/)
  const object = JSON.parse((await look('why', 'r1', '--json')).stdout)
  expect(object).toMatchObject({
    status: 'succeeded',
    max_tokens: 500,
    older: [{ code: 'cut_off' }],
  })
  expect((await look('verify')).stdout).toBe('3 requests checked: everything holds\n')
  const nonsense = await look('retry', '--code', 'errored,nonsense', '--dry-run')
  expect([nonsense.code, nonsense.stdout]).toEqual([1, ''])
  expect(nonsense.stderr).toContain(
    '--code: there is no code "nonsense", and no request of job requests failed with it.\n  Codes are cut_off, refused, ',
  )
  const none = await look('retry', '--code', 'errored,overloaded_error')
  expect([none.code, none.stdout]).toEqual([0, ' job requests: nothing to send again\n'])
  const neither = await look('retry')
  expect(neither.code).toBe(1)
  expect(neither.stderr).toContain('expected keys, --cut-off or --code, got none of them')
})
