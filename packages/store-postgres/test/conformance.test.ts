import { describePostgres } from './support/describe-postgres.js'

describePostgres('postgres', { pooler: 'none' })
