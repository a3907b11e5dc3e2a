import { describe, expect, test } from 'vitest'
import { halfrate, requests, startHalfrate, startTestEmulator, writeInput } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

describe('when Claude takes no batch of the account', () => {
  test.each([
    ['authentication', 'Claude refuses the API key'],
    ['own_limit', 'a spend limit is reached'],
  ])('(%s) a run waits, says why, and goes on by itself', async (error, words) => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator(['--turnaround', '2m-4m', '--clock-factor', '3600'])
    await claude.fault([{ op: 'create', error, times: 2 }])
    const input = writeInput(folder, requests(40))
    const run = startHalfrate(['run', input, '-o', 'out.jsonl', ...claude.flags], { cwd: folder })
    await run.said(new RegExp(`held back: ${words}`))
    const why = await halfrate(['why', 'r3', ...claude.flags.slice(2)], { cwd: folder })
    expect(why.stdout).toMatch(/next {3}(held back|it goes|waiting|at Claude|being sent)/)
    const { code, stderr } = await run.ended
    expect(code, stderr).toBe(0)
    const posts = await claude.ledger('posts')
    // The first batch, a probe that is refused, one that passes, and the rest.
    expect(posts.map(({ count }) => count)).toEqual([40, 1, 1, 39])
  })
})

describe('pause and resume', () => {
  test('hold back a queue until a hand ends it, and say so', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator()
    const clock = claude.flags.slice(2)
    const input = writeInput(folder, requests(3))
    await halfrate(['run', input, '-o', 'out.jsonl', ...claude.flags], { cwd: folder })
    const paused = await halfrate(['pause', '--note', 'new prompt', ...clock], { cwd: folder })
    expect(paused.stderr).toBe(
      'paused; what is at Claude still comes home. halfrate resume ends it\n',
    )
    const more = writeInput(folder, requests(5), 'more.jsonl')
    const run = startHalfrate(['run', more, '-o', 'more.out', ...claude.flags], { cwd: folder })
    await run.said(/held back: paused by hand .* ago \(new prompt\)/)
    const status = await halfrate(['status', ...clock], { cwd: folder })
    expect(status.stdout).toMatch(/held back: paused by hand/)
    const why = await halfrate(['why', 'r4', '--job', 'more', ...clock], { cwd: folder })
    expect(why.stdout).toMatch(/next {3}held back: paused by hand/)
    expect((await halfrate(['resume', ...clock], { cwd: folder })).stderr).toBe('resumed\n')
    expect((await run.ended).code).toBe(0)
    expect((await halfrate(['resume', ...clock], { cwd: folder })).stderr).toBe(
      'nothing was paused\n',
    )
    const wrong = await halfrate(['pause', '--queue', 'a/b'], { cwd: folder })
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('--queue: "a/b"')])
  })
})
