import { type RunningPostgres, startPostgres } from '@halfrate/postgres-server'
import { drizzle } from 'drizzle-orm/node-postgres'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { type Halfrate, type HalfrateQueue, KeyTakenError, openHalfrate } from 'halfrate'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { drizzleClient } from './drizzle-client.js'
import { kyselyClient } from './kysely-client.js'
import { question } from './question.js'

interface Claim {
  readonly id: number
  readonly text: string
}

/** Files a claim and asks about it, in one transaction. `fail` throws before the commit. */
type FileClaim = (claim: Claim, fail?: () => void) => Promise<void>

let server: RunningPostgres
let pool: pg.Pool
let half: Halfrate
let claims: HalfrateQueue

beforeAll(async () => {
  server = await startPostgres()
  pool = new pg.Pool({ connectionString: server.url })
  await pool.query('CREATE TABLE claims (id int PRIMARY KEY, text text NOT NULL)')
  half = await openHalfrate({ store: server.url })
  claims = half.queue('claims')
})

afterAll(async () => {
  await half?.close()
  await endPool()
  await server?.stop()
})

// The pool's own answer comes before its connections have ended, and the server must not be the first to end one.
async function endPool(): Promise<void> {
  let left = pool.totalCount
  const ended = new Promise<void>((resolve) => {
    if (left === 0) resolve()
    pool.on('remove', () => {
      left -= 1
      if (left === 0) resolve()
    })
  })
  await pool.end()
  await ended
}

beforeEach(() => pool.query('DELETE FROM claims'))

const withPg: FileClaim = async (claim, fail) => {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    await client.query('INSERT INTO claims VALUES ($1, $2)', [claim.id, claim.text])
    const request = { key: `claim ${claim.id}`, params: question(claim.text) }
    await claims.enqueue(request, { tx: client })
    fail?.()
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}

const withKysely: FileClaim = async (claim, fail) => {
  const dialect = new PostgresDialect({ pool })
  const db = new Kysely<{ claims: { id: number; text: string } }>({ dialect })
  await db.transaction().execute(async (trx) => {
    await trx.insertInto('claims').values(claim).execute()
    const request = { key: `claim ${claim.id}`, params: question(claim.text) }
    await claims.enqueue(request, { tx: kyselyClient(trx) })
    fail?.()
  })
}

const claimsTable = pgTable('claims', { id: integer().primaryKey(), text: text().notNull() })

const withDrizzle: FileClaim = async (claim, fail) => {
  await drizzle({ client: pool }).transaction(async (tx) => {
    await tx.insert(claimsTable).values(claim)
    const request = { key: `claim ${claim.id}`, params: question(claim.text) }
    await claims.enqueue(request, { tx: drizzleClient(tx) })
    fail?.()
  })
}

async function counts(): Promise<readonly [claims: number, requests: number]> {
  const { rows } = await pool.query<{ count: number }>('SELECT count(*)::int AS count FROM claims')
  const { rows: requests } = await pool.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM halfrate.requests',
  )
  return [rows[0]?.count ?? 0, requests[0]?.count ?? 0]
}

let lastId = 0
const newClaim = (): Claim => {
  lastId += 1
  return { id: lastId, text: `water damage No. ${lastId}, "kitchen" \\ 100 %` }
}

describe.each([
  ['pg', withPg],
  ['Kysely', withKysely],
  ['Drizzle', withDrizzle],
])('with %s', (_, fileClaim) => {
  test('a claim and its request are committed together', async () => {
    const [, before] = await counts()
    const claim = newClaim()
    await fileClaim(claim)
    expect(await counts()).toEqual([1, before + 1])
    const request = { key: `claim ${claim.id}`, params: question(claim.text) }
    expect(await claims.enqueue(request)).toMatchObject({ key: request.key, isNew: false })
  })

  test('a rollback leaves neither', async () => {
    const before = await counts()
    const outOfStock = new RangeError('no adjuster is free')
    const filed = fileClaim(newClaim(), () => {
      throw outOfStock
    })
    await expect(filed).rejects.toBe(outOfStock)
    expect(await counts()).toEqual(before)
  })

  test('a request that is refused rolls the claim back and says why', async () => {
    const claim = newClaim()
    await claims.enqueue({ key: `claim ${claim.id}`, params: question('something else') })
    const before = await counts()
    const refused = await fileClaim(claim).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(KeyTakenError)
    expect(refused).toMatchObject({
      message: `queue "claims" has "claim ${claim.id}" with other params.`,
      nextStep: expect.stringContaining('Nothing was enqueued.'),
    })
    expect(await counts()).toEqual(before)
  })

  test('a key that another transaction took meanwhile is found when it has ended', async () => {
    const claim = newClaim()
    const other = await pool.connect()
    await other.query('BEGIN')
    const request = { key: `claim ${claim.id}`, params: question(claim.text) }
    await claims.enqueue(request, { tx: other })
    const filed = fileClaim(claim)
    const waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    for (let seen = 0; seen === 0; ) seen = (await pool.query(waiting)).rows.length
    await other.query('COMMIT')
    other.release()
    await filed
    const [stored] = await counts()
    expect(stored).toBe(1)
  })
})

test('a file rides in the transaction with its request', async () => {
  const data = Buffer.from('%PDF-1.4 claim')
  const content = [{ type: 'document', source: { type: 'bytes', data } }]
  const messages = [{ role: 'user', content }]
  const params = { model: 'claude-haiku-4-5', max_tokens: 300, messages }
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    await claims.enqueue({ key: 'a scan', params }, { tx: client })
    await client.query('COMMIT')
  } finally {
    client.release()
  }
  // The same file without the transaction is the same request.
  expect(await claims.enqueue({ key: 'a scan', params })).toMatchObject({ isNew: false })
})
