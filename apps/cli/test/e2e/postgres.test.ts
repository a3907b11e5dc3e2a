import { readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { freePort, type RunningPostgres, startPostgres } from '@halfrate/postgres-server'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
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

/** A port at which nobody answers before it is opened to another. */
async function closedDoor() {
  const server = createServer()
  const port = await freePort()
  return {
    port,
    url: `postgres://halfrate@127.0.0.1:${port}/halfrate`,
    open(to: number) {
      server.on('connection', (near) => {
        const far = connect(to, '127.0.0.1')
        near.on('error', () => far.destroy()).pipe(far)
        far.on('error', () => near.destroy()).pipe(near)
      })
      server.listen(port, '127.0.0.1')
      onTestFinished(() => void server.close())
    },
  }
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

  test('is waited for by a worker when it is away, but not by a round of --once', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator()
    const input = writeInput(folder, requests(1))
    const made = ['--store', storeIn('away'), ...claude.flags]
    await halfrate(['run', input, '-o', 'out.jsonl', ...made], { cwd: folder })
    const door = await closedDoor()
    const url = new URL(storeIn('away'))
    url.port = String(door.port)
    const store = ['--store', url.href, ...claude.flags]
    const round = await halfrate(['work', '--once', ...store], { cwd: folder })
    expect(round.code).toBe(1)
    expect(round.stderr).toContain('(code store_unavailable)')
    const worker = startHalfrate(['work', ...store], { cwd: folder })
    await worker.said(/waiting for the store: postgres:\/\/halfrate@127\.0\.0\.1:/)
    door.open(Number(new URL(server.url).port))
    await worker.said(/^store postgres:/m)
    worker.child.kill('SIGTERM')
    const { code, stderr } = await worker.ended
    expect(code, stderr).toBe(0)
    expect(stderr).not.toContain('hunter2')
    const other = startHalfrate(['work', '--store', (await closedDoor()).url], { cwd: folder })
    await other.said(/waiting for the store/)
    other.child.kill('SIGINT')
    expect((await other.ended).code).toBe(0)
  })

  test('is waited for as long as the URL says, and what is no time is refused', async () => {
    const folder = temporaryFolder()
    const status = (query: string) =>
      halfrate(['status', '--store', `${storeIn('timed')}&${query}`], { cwd: folder })
    writeInput(folder, requests(1))
    const enqueue = ['enqueue', 'requests.jsonl', '--queue', 'triage', '--store', storeIn('timed')]
    const made = await halfrate(enqueue, { cwd: folder })
    expect(made.code, made.stderr).toBe(0)
    const client = new pg.Client({ connectionString: server.url })
    await client.connect()
    await client.query('BEGIN; LOCK TABLE timed.migrations')
    const late = await status('statement_timeout=300ms')
    await client.end()
    expect(late.code).toBe(1)
    expect(late.stderr).toContain('(statement_timeout)')
    expect(late.stderr).toContain('(code store_unavailable)')
    expect((await status('statement_timeout=2min&connect_timeout=60')).code).toBe(0)
    const never = await status('statement_timeout=0')
    expect(never.code).toBe(1)
    expect(never.stderr).toContain('statement_timeout: expected a time from 1 ms to 1 h')
    expect(never.stderr).toContain('here nothing may take for ever')
    expect(`${late.stderr}${never.stderr}`).not.toContain('hunter2')
  })

  test('has an inbox, and the doctor says how many of its rows were refused and how to see them', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator()
    const store = ['--store', storeIn('box'), ...claude.flags]
    writeInput(folder, requests(1))
    await halfrate(['run', 'requests.jsonl', '-o', 'out.jsonl', ...store], { cwd: folder })
    const inboxOf = async (): Promise<unknown> => {
      const { stdout } = await halfrate(['doctor', '--json', ...store], { cwd: folder })
      const { findings } = JSON.parse(stdout) as { findings: { readonly name: string }[] }
      return findings.find(({ name }) => name === 'inbox')
    }
    expect(await inboxOf()).toMatchObject({ state: 'ok', text: '0 rows to be taken, none refused' })
    const client = new pg.Client({ connectionString: server.url })
    await client.connect()
    await client.query(
      `INSERT INTO box.halfrate_inbox (key, params) VALUES ('a', '{}'), ('b', '[]')`,
    )
    await halfrate(['work', '--once', ...store], { cwd: folder })
    await client.query(`INSERT INTO box.halfrate_inbox (key, params) VALUES ('c', '{}')`)
    const found = await inboxOf()
    expect(found).toMatchObject({
      state: 'warning',
      text: '2 rows refused, 1 row to be taken',
      next: expect.stringContaining(
        'FROM "box".halfrate_inbox WHERE error IS NOT NULL; shows them',
      ),
    })
    const [look] = (found as { readonly next: string }).next.split(';')
    expect((await client.query(look ?? '')).rows).toHaveLength(2)
    await client.end()
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
