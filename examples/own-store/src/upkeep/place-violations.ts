import type { Violation } from '@halfrate/core'
import type { Place } from '../rows/place.js'
import { placesOfRequest, possiblePlacesOf, type StoredRequest } from '../rows/stored-request.js'
import { placesOfSubmission, type StoredSubmission } from '../rows/stored-submission.js'
import type { Step } from '../step.js'

/** Checks that a request is in every index that it belongs in, and in no other that it could be in. */
export async function placeViolations(
  step: Step,
  row: StoredRequest,
): Promise<readonly Violation[]> {
  const { id } = row.request
  const expected = new Map(placesOfRequest(step.keys, row).map((place) => [nameOf(place), place]))
  const possible = possiblePlacesOf(step.keys, row)
  const scores = await Promise.all(
    possible.map(({ key, member }) => step.connection.ask<string | null>('ZSCORE', key, member)),
  )
  return possible.flatMap((place, index) => {
    const score = scores[index] ?? null
    const wanted = expected.get(nameOf(place))?.score ?? null
    if ((score === null ? null : Number(score)) === wanted) return []
    const problem = wanted === null ? 'is in' : 'is not rightly in'
    return [{ invariant: 'I1', message: `Request ${id} ${problem} ${place.key}.` }]
  })
}

/** Checks that a submission is in every index that it belongs in, and that its queue is named for good. */
export async function missingPlaces(
  step: Step,
  row: StoredSubmission,
): Promise<readonly Violation[]> {
  const { id, project, queue } = row.submission
  const named: Place = { key: step.keys.queues(project), member: queue, score: 1 }
  const places = [...placesOfSubmission(step.keys, row), named]
  const scores = await Promise.all(
    places.map(({ key, member }) => step.connection.ask<string | null>('ZSCORE', key, member)),
  )
  return places
    .filter(({ score }, index) => scores[index] !== String(score))
    .map(({ key }) => ({
      invariant: 'I1',
      message: `Submission ${id} is not rightly in ${key}.`,
    }))
}

function nameOf({ key, member }: Place): string {
  return `${key}\n${member}`
}
