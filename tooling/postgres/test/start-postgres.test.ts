import { spawnSync } from 'node:child_process'
import { startPostgres } from '@halfrate/postgres-server'
import { expect, onTestFinished, test } from 'vitest'

const LINES = 500

// Far more than a pipe holds, said by a process that this one waits for without doing anything else.
const TALK = `
  import { Client } from 'pg'
  const client = new Client({ connectionString: process.argv[1] })
  await client.connect()
  await client.query("DO $$ BEGIN FOR i IN 1..${LINES} LOOP RAISE LOG '%', repeat('x', 2000); END LOOP; END $$")
  await client.end()
  process.stdout.write('done')
`

test('a server goes on while nobody reads what it says', async () => {
  const server = await startPostgres()
  onTestFinished(server.stop)
  const talk = spawnSync(process.execPath, ['--input-type=module', '--eval', TALK, server.url], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
    timeout: 60_000,
  })
  expect(talk.stdout).toBe('done')
})

test('a server that does not start says why', async () => {
  await expect(startPostgres({ settings: { shared_buffers: 'a lot' } })).rejects.toThrow(
    /PostgreSQL ended with 1:[\s\S]*invalid value for parameter "shared_buffers"/,
  )
})
