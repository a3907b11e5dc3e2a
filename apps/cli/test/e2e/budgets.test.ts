import { join } from 'node:path'
import { type ProjectId, type QueueName, queueSetting } from '@halfrate/core'
import { openHalfrate } from '@halfrate/runtime'
import { expect, test } from 'vitest'
import { halfrate, request, requests, startTestEmulator, writeInput } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

interface Shown {
  readonly budgets: readonly Record<string, unknown>[]
}

const UNSET = { value: null, ifVersion: null }

async function place(): Promise<{
  readonly cwd: string
  readonly posts: () => Promise<number>
  readonly run: (...words: readonly string[]) => Promise<string>
  readonly work: () => Promise<string>
}> {
  const cwd = temporaryFolder()
  const claude = await startTestEmulator()
  const run = async (...words: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await halfrate(words, { cwd })
    expect(code, stderr).toBe(0)
    return stdout
  }
  const clock = claude.flags.slice(2)
  await run('enqueue', writeInput(cwd, requests(5)), '--queue', 'triage', ...clock)
  await run('queues', 'flush', 'triage', ...clock)
  return {
    cwd,
    run: (...words) => run(...words, ...clock),
    work: () => run('work', '--once', ...claude.flags),
    posts: async () => (await claude.ledger('posts')).length,
  }
}

test('a queue over its budget sends nothing, says so, and goes on when the cap is raised', async () => {
  const { run, work, posts } = await place()
  expect(await run('budgets')).toContain('no budgets yet')
  await run('budgets', 'set', '--queue', 'triage', '--month', '0.000001')
  await work()
  expect(await posts()).toBe(0)
  const status = JSON.parse(await run('status', '--json')) as { readonly held_back: string }
  expect(status.held_back).toContain('queue triage has paid $0 of its budget')
  const shown = JSON.parse(await run('budgets', '--json')) as Shown
  expect(shown.budgets).toMatchObject([
    { queue: 'triage', period: 'month', cap_usd: '0.000001', left_usd: '0.000001' },
  ])
  await run('budgets', 'set', '--queue', 'triage', '--month', '50')
  await work()
  expect(await posts()).toBe(1)
  const after = JSON.parse(await run('budgets', '--json')) as Shown
  expect(Number(after.budgets[0]?.held_usd)).toBeGreaterThan(0)
  expect(JSON.parse(await run('status', '--json'))).toMatchObject({ held_back: null })
})

test('nothing is said to wait for a budget any more once nothing does', async () => {
  const { run, work, posts, cwd } = await place()
  const heldBack = async (): Promise<string | null> =>
    (JSON.parse(await run('status', '--json')) as { readonly held_back: string | null }).held_back
  await run('budgets', 'set', '--queue', 'triage', '--month', '0.000001')
  await work()
  const noted = expect.stringContaining('what does not fit waits until')
  expect(await heldBack()).toEqual(noted)
  expect(await run('why', 'r3', '--queue', 'triage')).toContain('queue triage has paid $0 of its')
  // Nobody has worked since; what waited is gone.
  await run('cancel', '--queue', 'triage', '--all')
  expect(await heldBack()).toBeNull()
  expect(await run('why', 'r3', '--queue', 'triage')).not.toContain('budget')
  // What waits for the time of its queue does not wait for a budget, whose period may end before.
  await run('enqueue', writeInput(cwd, [request('later')], 'later.jsonl'), '--queue', 'triage')
  expect(await heldBack()).toBeNull()
  expect(await posts()).toBe(0)
})

test('a budget of the account holds every queue, until it is removed', async () => {
  const { run, work, posts } = await place()
  const said = await run('budgets', 'set', '--day', '0', '--time-zone', 'Europe/Berlin')
  expect(said).toContain('the account: at most $0.00 a day, by the clock of Europe/Berlin')
  await work()
  expect(await posts()).toBe(0)
  expect(await run('budgets', 'remove')).toContain('has no budget any more')
  await work()
  expect(await posts()).toBe(1)
  const again: unknown = JSON.parse(await run('budgets', 'remove', '--json'))
  expect(again).toEqual({
    ...{ type: 'budget_removed', scope: 'account', project: null, queue: null },
    ...{ changed: false, declared_in: null },
  })
})

test('a request without a known price is refused while a budget is in force', async () => {
  const cwd = temporaryFolder()
  const stranger = request('x')
  const input = writeInput(cwd, [
    JSON.stringify(stranger).replace(/claude-[a-z0-9-]+/, 'claude-nobody-knows'),
  ])
  await halfrate(['enqueue', writeInput(cwd, requests(1), 'one.jsonl'), '--queue', 'triage'], {
    cwd,
  })
  await halfrate(['budgets', 'set', '--month', '5'], { cwd })
  const refused = await halfrate(['enqueue', input, '--queue', 'triage'], { cwd })
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringContaining(
      'there is no price for "claude-nobody-knows", and the account has a budget',
    ),
  ])
  await halfrate(['budgets', 'remove'], { cwd })
  expect((await halfrate(['enqueue', input, '--queue', 'triage'], { cwd })).code).toBe(0)
})

test('a budget of another project, and of its queue, is set, shown and removed by its name', async () => {
  const { run, cwd } = await place()
  const acme = 'acme' as ProjectId
  await using half = await openHalfrate({ store: join(cwd, 'halfrate.db') })
  const refused = await halfrate(['budgets', 'set', '--project', 'acme', '--day', '1'], { cwd })
  expect([refused.code, refused.stderr]).toEqual([
    ...[1, expect.stringContaining('this store has no project "acme"')],
  ])
  await half.store.putSetting({ ...queueSetting(acme, 'mail' as QueueName), ...UNSET })
  await run('budgets', 'set', '--project', 'acme', '--month', '100')
  const said = await run('budgets', 'set', '--project', 'acme', '--queue', 'mail', '--day', '5')
  expect(said).toContain('queue mail of project acme: at most $5.00 a day')
  const stranger = ['budgets', 'set', '--project', 'acme', '--queue', 'triage', '--day', '1']
  expect((await halfrate(stranger, { cwd })).stderr).toContain('project acme has no queue "triage"')
  const shown = JSON.parse(await run('budgets', '--json')) as Shown
  expect(shown.budgets).toMatchObject([
    { scope: 'project', project: 'acme', queue: null, period: 'month', cap_usd: '100.00' },
    { scope: 'queue', project: 'acme', queue: 'mail', period: 'day', cap_usd: '5.00' },
  ])
  expect(await run('budgets')).toContain(' queue mail of project acme')
  expect(await half.budgets.list()).toMatchObject([{ project: 'acme' }, { project: 'acme' }])
  await run('pause', '--project', 'acme', '--note', 'too dear')
  expect(await run('status')).toContain('project acme paused by hand')
  expect(await run('resume', '--project', 'acme')).not.toContain('still')
  expect(await run('budgets', 'remove', '--project', 'acme', '--queue', 'mail')).toContain(
    'queue mail of project acme has no budget any more',
  )
  expect(await half.budgets.list()).toHaveLength(1)
})
