import { afterAll, test } from 'vitest'
import { describePostgres } from './support/describe-postgres.js'
import { findPgbouncer, type RunningPgbouncer, startPgbouncer } from './support/pgbouncer.js'

const binary = findPgbouncer()
let bouncer: RunningPgbouncer | null = null

if (binary === null) {
  const reason = 'pgbouncer is not installed; apt-get install pgbouncer, then run this again'
  process.stderr.write(`The suite through PgBouncer is skipped: ${reason}.\n`)
  test.skip(`the suite of every store through PgBouncer (skipped: ${reason})`)
} else {
  describePostgres('postgres, through PgBouncer in transaction mode', {
    pooler: 'transaction',
    urlFor: async (url) => {
      bouncer = await startPgbouncer(binary, url)
      return bouncer.url
    },
  })
}

// Registered last, so it comes before the database goes.
afterAll(async () => {
  await bouncer?.stop()
})
