import { type Digest, type IntakeRow, InvalidInputError } from '@halfrate/core'
import { IntakeRowMaker, type NewRequest } from '@halfrate/core/intake'
import { attachedFiles } from '../files/attached-files.js'
import { FilesFolder } from '../files/files-folder.js'

/** Rows of a program, and how they become rows of a store. */
export interface RowsToTake {
  readonly rows: Iterable<NewRequest> | AsyncIterable<NewRequest>
  readonly digest: Digest
  /** Makes of each request what is sent. Default: as it is. */
  readonly ask?: ((request: NewRequest) => NewRequest) | undefined
  /** The folder of the files that rows name; by default no path is followed. */
  readonly filesFrom?: string | undefined
  /** Whether rows may ask for real time, as those of a job may not. Default false. */
  readonly mayBeRealtime?: boolean | undefined
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
  filesFrom,
  mayBeRealtime = false,
}: RowsToTake): AsyncGenerator<IntakeRow, void, undefined> {
  const maker = new IntakeRowMaker({ hash128: digest.hash128 })
  const folder = filesFrom === undefined ? null : new FilesFolder(filesFrom)
  let row = 0
  for await (const request of rows) {
    row += 1
    yield await rowOf(async () => {
      if (!mayBeRealtime) refuseRealtime(request)
      const attached = await attachedFiles(ask(request), folder)
      return maker.intakeRowOf(attached.request, row, undefined, { byPath: attached.files })
    }, row)
  }
}

// What a job is estimated and capped at is the price of batches.
function refuseRealtime({ route }: NewRequest): void {
  if (route !== 'realtime') return
  throw new InvalidInputError({
    place: { file: null, line: null, field: 'route' },
    rule: 'invalid_route',
    problem: 'expected rows of a job to go in batches, got one that asks for real time.',
    nextStep:
      'Put it into a queue by itself: half.queue(name).enqueue({ key, params, route }). Nothing was sent.',
  })
}

async function rowOf(make: () => Promise<IntakeRow>, row: number): Promise<IntakeRow> {
  try {
    return await make()
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
