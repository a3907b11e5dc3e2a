import { type RunningPostgres, startPostgres } from '@halfrate/postgres-server'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { halfrate, requests, startTestEmulator, writeInput } from '../support/cli.js'
import { sendAndLeave } from '../support/send-and-leave.js'
import { temporaryFolder } from '../support/temporary-folder.js'

let server: RunningPostgres

beforeAll(async () => {
  server = await startPostgres()
})

afterAll(() => server.stop())

/** Makes a database that is a copy of another one as it stands, with nobody connected to it; one of that name goes. */
async function copyDatabase(from: string, to: string): Promise<void> {
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  await client.query(`DROP DATABASE IF EXISTS ${to} WITH (FORCE)`)
  await client.query(`CREATE DATABASE ${to} TEMPLATE ${from}`)
  await client.end()
}

test('a database that was put back from a backup takes in what it lacks, and pays nothing twice', async () => {
  const folder = temporaryFolder()
  const claude = await startTestEmulator(['--turnaround', '20h'])
  const url = new URL(server.url)
  url.pathname = '/live'
  const store = ['--store', url.href]
  const clock = claude.flags.slice(2)
  await copyDatabase('template0', 'live')
  // At the backup one batch is at Claude, and three requests wait to be sent.
  await sendAndLeave(folder, claude, writeInput(folder, requests(2), 'first.jsonl'), store)
  writeInput(folder, requests(3), 'queued.jsonl')
  const enqueue = ['enqueue', 'queued.jsonl', '--queue', 'triage', ...store, ...clock]
  const enqueued = await halfrate(enqueue, { cwd: folder })
  expect(enqueued.code, enqueued.stderr).toBe(0)
  await copyDatabase('live', 'backup')
  // After it those three are sent, and two more come and are sent too.
  await halfrate(['queues', 'flush', 'triage', ...store, ...clock], { cwd: folder })
  await halfrate(['work', '--once', ...store, ...claude.flags], { cwd: folder })
  await sendAndLeave(folder, claude, writeInput(folder, requests(2), 'second.jsonl'), store)
  expect(await claude.ledger('batches')).toHaveLength(3)
  await copyDatabase('backup', 'live')

  const flags = await claude.advance('21h')
  const now = flags.slice(2)
  const recovered = await halfrate(['recover', ...store, ...flags], { cwd: folder })
  expect(recovered.code, recovered.stderr).toBe(0)
  expect(recovered.stderr).toContain('recovered: 2 batches taken in')
  expect(recovered.stderr).toContain('2 rows that this store had lost')
  // The hour that requests of a queue wait at most is long over: what is not known to be sent would be sent now.
  const once = await halfrate(['work', '--once', ...store, ...flags], { cwd: folder })
  expect(once.code, once.stderr).toBe(0)
  const first = ['run', 'first.jsonl', '-o', 'first-out.jsonl', ...store, ...flags]
  expect((await halfrate(first, { cwd: folder })).code).toBe(0)
  const look = (...args: readonly string[]): ReturnType<typeof halfrate> =>
    halfrate([...args, ...store, ...now], { cwd: folder })
  const why = await look('why', 'r3', '--queue', 'triage')
  expect(why.stdout).toContain('done: answered')
  const lost = await look('results', '--job', 'recovered-batches')
  expect(lost.stdout.trimEnd().split('\n')).toHaveLength(2)
  expect((await look('verify')).stdout).toContain('everything holds')
  // By the provider's own books: each of the seven requests was taken and billed once.
  expect(await claude.ledger('batches')).toHaveLength(3)
  const rows = await claude.ledger('rows')
  expect(rows.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 7 }, () => 'succeeded'))
  expect(new Set(rows.map((row) => row.custom_id)).size).toBe(7)
})
