import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type RunningPostgres, startPostgres } from '@halfrate/postgres-server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { halfrate, requests, startHalfrate, startTestEmulator, writeInput } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

let server: RunningPostgres

beforeAll(async () => {
  server = await startPostgres()
})

afterAll(() => server.stop())

// The server asks for no password, so any will do; none may be seen.
function storeIn(schema: string): string {
  const url = new URL(server.url)
  url.password = 'hunter2'
  url.searchParams.set('schema', schema)
  return url.href
}

describe('a store on PostgreSQL', () => {
  test('takes a run from its input to its output, and is looked at afterwards', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator()
    const input = writeInput(folder, requests(12))
    const store = ['--store', storeIn('one_run')]
    const run = await halfrate(
      ['run', input, '-o', 'out.jsonl', '--batch-size', '5', ...store, ...claude.flags],
      { cwd: folder },
    )
    expect(run.code, run.stderr).toBe(0)
    const lines = readFileSync(join(folder, 'out.jsonl'), 'utf8').trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).key)).toEqual(
      requests(12).map((_, at) => `r${at + 1}`),
    )
    const clock = ['--clock', JSON.stringify(claude.startLine.clock)]
    const looks = [
      await halfrate(['status', ...store, ...clock], { cwd: folder }),
      await halfrate(['why', 'r3', ...store, ...clock], { cwd: folder }),
      await halfrate(['verify', ...store, ...clock], { cwd: folder }),
    ]
    for (const look of looks) expect(look.code, look.stderr).toBe(0)
    const said = [run, ...looks].map(({ stdout, stderr }) => stdout + stderr).join('')
    expect(said).toContain('postgres://halfrate@127.0.0.1')
    expect(said).not.toContain('hunter2')
  })

  test('is worked on by several workers at once, and nothing is sent twice', async () => {
    const folder = temporaryFolder()
    // Long enough at Claude for the workers to come, however busy this machine is.
    const claude = await startTestEmulator(['--turnaround', '60m-90m'])
    const input = writeInput(folder, requests(30))
    const store = ['--store', storeIn('many_workers')]
    const run = startHalfrate(
      ['run', input, '-o', 'out.jsonl', '--batch-size', '3', ...store, ...claude.flags],
      { cwd: folder },
    )
    await run.said(/30 rows, all new/)
    const workers = [1, 2].map(() =>
      startHalfrate(['work', ...store, ...claude.flags], { cwd: folder }),
    )
    const { code, stderr } = await run.ended
    expect(code, stderr).toBe(0)
    for (const worker of workers) worker.child.kill('SIGTERM')
    for (const { ended } of workers) expect((await ended).stderr).not.toContain('another worker')
    const rows = await claude.ledger('rows')
    expect(new Set(rows.map((row) => row.custom_id)).size).toBe(rows.length)
    expect(rows).toHaveLength(30)
  })

  test('is not made by a command that only looks', async () => {
    const folder = temporaryFolder()
    const { code, stderr } = await halfrate(['status', '--store', storeIn('nobody')], {
      cwd: folder,
    })
    expect(code).not.toBe(0)
    expect(stderr).toContain('there is no store')
    expect(stderr).not.toContain('hunter2')
  })
})
