import { describePostgres } from './support/describe-postgres.js'

describePostgres('postgres, as behind a pooler', { pooler: 'transaction' })
