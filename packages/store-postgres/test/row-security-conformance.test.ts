import { afterAll } from 'vitest'
import { describePostgres } from './support/describe-postgres.js'
import { dropRole, secureStore } from './support/row-security.js'

const WORKER = 'halfrate_suite_worker'
let owner: string | null = null

describePostgres('postgres, with row-level security and a role that owns nothing', {
  pooler: 'none',
  urlFor: (url) => {
    owner = url
    return secureStore(url, 'halfrate', WORKER)
  },
})

// Registered last, so it comes before the database goes.
afterAll(async () => {
  if (owner !== null) await dropRole(owner, WORKER)
})
