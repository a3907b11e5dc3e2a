import { submissionOfResource, type Violation } from '@halfrate/core'
import type { Step } from '../step.js'

/** Checks that leases have epochs that were given out, each once, and are about something. */
export async function leaseViolations(
  step: Step,
  resources: readonly string[],
): Promise<readonly Violation[]> {
  const lastId = Number((await step.connection.ask<string | null>('GET', step.keys.of('ids'))) ?? 0)
  const submissionIds = resources.flatMap((resource) => submissionOfResource(resource) ?? [])
  await Promise.all([step.leases.load(resources), step.submissions.load(submissionIds)])
  const epochs = new Set<string>()
  return resources.flatMap((resource) => {
    const epoch = step.leases.stamp(resource)
    const isGiven = epoch !== '' && Number(epoch) <= lastId && !epochs.has(epoch)
    epochs.add(epoch)
    const id = submissionOfResource(resource)
    const isAbout = id === null || step.submissions.get(id) !== null
    return [
      ...(isGiven ? [] : [broken(`The epoch of ${resource} was not given out for it.`)]),
      ...(isAbout ? [] : [broken(`${resource} is leased, but there is none.`)]),
    ]
  })
}

function broken(message: string): Violation {
  return { invariant: 'I10', message }
}
