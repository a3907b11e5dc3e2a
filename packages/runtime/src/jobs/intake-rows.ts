import { type Digest, type IntakeRow, InvalidInputError } from '@halfrate/core'
import { IntakeRowMaker, type NewRequest } from '@halfrate/core/intake'

/** Rows of a program, and how they become rows of a store. */
export interface RowsToTake {
  readonly rows: Iterable<NewRequest> | AsyncIterable<NewRequest>
  readonly digest: Digest
  /** Makes of each request what is sent. Default: as it is. */
  readonly ask?: ((request: NewRequest) => NewRequest) | undefined
}

/**
 * Rows for the store, one at a time.
 *
 * @throws {InvalidInputError} when a row can't be taken; it says which.
 */
export async function* intakeRows({
  rows,
  digest,
  ask = (request) => request,
}: RowsToTake): AsyncGenerator<IntakeRow, void, undefined> {
  const maker = new IntakeRowMaker({ hash128: digest.hash128 })
  let row = 0
  for await (const request of rows) {
    row += 1
    yield rowOf(() => maker.intakeRowOf(ask(request), row), row)
  }
}

function rowOf(make: () => IntakeRow, row: number): IntakeRow {
  try {
    return make()
  } catch (error) {
    throw atRow(error, row)
  }
}

// What core says of lines and files is said of rows here.
function atRow(error: unknown, row: number): unknown {
  if (!(error instanceof InvalidInputError)) return error
  const { place, rule, problem, nextStep } = error
  const at = { file: 'rows', line: row, field: place.field }
  return new InvalidInputError({ place: at, rule, problem, nextStep, cause: error })
}
