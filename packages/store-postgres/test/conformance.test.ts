import { describePostgres } from './support/describe-postgres.js'

describePostgres('postgres', 'none')
