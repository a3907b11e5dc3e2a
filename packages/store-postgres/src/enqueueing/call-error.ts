import { StoreForeignError } from '@halfrate/core'
import { StoreAccessError } from '@halfrate/store-sql'
import { OTHER_STORE, PUT_FUNCTION } from './put-function.js'

// No such function, schema or right.
const NO_WAY_IN = ['42883', '3F000', '42501']

/**
 * What to throw when the function could not be called. Whatever is not about the way into the store stays as the caller's
 * library threw it: their retries know its codes.
 */
export function callError(error: unknown, place: string): unknown {
  const code = sqlStateOf(error)
  if (code === OTHER_STORE) {
    return new StoreForeignError(
      place,
      'the transaction is on another store, so nothing was enqueued; roll it back, and begin it on the database of the store.',
    )
  }
  if (code === null || !NO_WAY_IN.includes(code)) return error
  return new StoreAccessError(
    `${place}: the transaction can't enqueue there (${(error as Error).message}).`,
    `Begin it on the store's own database. A role of its own needs: GRANT USAGE ON SCHEMA and GRANT EXECUTE ON FUNCTION ${PUT_FUNCTION}(text, text) in the store's schema.`,
    { cause: error },
  )
}

// Libraries wrap what the driver threw.
function sqlStateOf(error: unknown): string | null {
  for (let each = error, depth = 0; each instanceof Error && depth < 5; depth += 1) {
    if ('code' in each && typeof each.code === 'string') return each.code
    each = each.cause
  }
  return null
}
