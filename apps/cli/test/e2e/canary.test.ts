import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { halfrate, request, startTestEmulator, writeInput } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

/** A job of ten rows, of a model that Claude has or has not, in a queue that sends the first three alone. */
async function place() {
  const folder = temporaryFolder()
  const claude = await startTestEmulator()
  const cwd = { cwd: folder }
  const config = { queues: { run: { canary: 3 } } }
  writeFileSync(join(folder, 'halfrate.config.json'), JSON.stringify(config))
  const rows = (model: string) =>
    Array.from({ length: 10 }, (_, index) => request(`r${index + 1}`, 'Say it.', { model }))
  const run = (model: string, ...more: readonly string[]) => {
    const input = writeInput(folder, rows(model))
    const words = [
      'run',
      input,
      '-o',
      'out.jsonl',
      '--job',
      'claims',
      '--yes',
      ...more,
      ...claude.flags,
    ]
    return halfrate(words, cwd)
  }
  const ask = (...words: readonly string[]) => halfrate([...words, ...claude.flags.slice(2)], cwd)
  const sizes = async () => (await claude.ledger('posts')).map(({ count }) => count)
  const written = () =>
    readFileSync(join(folder, 'out.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).status)
  const applied = await ask('apply')
  expect(applied.code, applied.stderr).toBe(0)
  return { run, ask, sizes, written }
}

test('rows of a model that is not there stop after the first three; status, why and run say so, and resume goes on', async () => {
  const { run, ask, sizes, written } = await place()
  const first = await run('claude-next-9')
  expect(first.code, first.stderr).toBe(2)
  const why = /of the first 3 rows 3 failed as errored \(not_found_error\)/
  expect(first.stdout.replaceAll(/\s+/g, ' ')).toMatch(why)
  expect(first.stdout.replaceAll(/\s+/g, ' ')).toMatch(/halfrate resume --job claims/)
  expect(await sizes()).toEqual([3])
  expect(written().filter((status) => status === 'waiting')).toHaveLength(7)
  const status = await ask('status')
  expect(status.stdout.replaceAll(/\s+/g, ' ')).toMatch(why)
  expect(status.stdout).toContain('nothing is due')
  const [job] = JSON.parse((await ask('status', '--json')).stdout).jobs
  expect(job.canary).toMatchObject({ state: 'stopped', size: 3, finding: { failed: 3 } })
  const row = await ask('why', 'r9')
  expect(row.stdout.replaceAll(/\s+/g, ' ')).toMatch(/next held back: the rest is not sent/)
  const resumed = await ask('resume', '--job', 'claims', '--json')
  expect(JSON.parse(resumed.stdout)).toEqual({
    ...{ type: 'resumed', scope: 'job', project: null, queue: null, job: 'claims', changed: true },
  })
  const nothing = await ask('resume', '--job', 'claims')
  expect([nothing.code, nothing.stderr]).toEqual([0, 'no canary holds job claims back\n'])
  const rest = await run('claude-next-9')
  expect(rest.code).toBe(2)
  expect(await sizes()).toEqual([3, 7])
})

test('corrected rows are tried by their own first three, and then all go', async () => {
  const { run, sizes, written } = await place()
  await run('claude-next-9')
  const better = await run('claude-haiku-4-5', '--changed')
  expect(better.code, better.stderr).toBe(0)
  expect(await sizes()).toEqual([3, 3, 7])
  expect(written()).toEqual(Array(10).fill('succeeded'))
})

test('resume names one thing at a time, and a job that there is', async () => {
  const { run, ask } = await place()
  await run('claude-haiku-4-5')
  const both = await ask('resume', '--job', 'claims', '--all')
  expect([both.code, both.stderr]).toEqual([1, expect.stringContaining('got --all and --job')])
  const other = await ask('resume', '--job', 'clams')
  expect([other.code, other.stderr]).toEqual([
    1,
    expect.stringContaining('there is no job "clams"'),
  ])
})
