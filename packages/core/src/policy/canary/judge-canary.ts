import type { CanaryFinding } from '../../model/job-canary.js'
import type { ReasonCode, Request } from '../../model/request.js'

/** More than this share of a canary without a usable answer stops the rest. */
export const CANARY_MOST_FAILED = 0.5

/**
 * What a canary shows. `open`: nothing yet that could not turn out otherwise. `nothing`: nothing ever, since all of it was
 * canceled, replaced, or ended for a reason that is not in it.
 */
export type CanaryVerdict =
  | { readonly type: 'open' | 'passed' | 'nothing' }
  | { readonly type: 'stopped'; readonly finding: CanaryFinding }

// These say something of the store, the way or the caller, and nothing of what was asked.
const SILENT: readonly ReasonCode[] = [
  'canceled',
  'superseded',
  'file_damaged',
  'possibly_paid',
  'result_lost',
]

/**
 * Judges a canary by its requests as they stand, without those that something else took the place of.
 *
 * It is over as soon as what is still open can't change it: stopped when more than half have failed for good, which covers
 * that all of them have by the same error; passed when at most half can still fail.
 */
export function judgeCanary(
  requests: readonly Pick<Request, 'state' | 'verdict'>[],
): CanaryVerdict {
  const telling = requests.filter((request) => !isSilent(request))
  const failed = telling.filter(isFailed)
  const open = telling.filter(({ state }) => state !== 'done')
  const most = CANARY_MOST_FAILED * telling.length
  if (telling.length === 0) return { type: 'nothing' }
  if (failed.length > most) return { type: 'stopped', finding: findingOf(failed, telling.length) }
  return { type: failed.length + open.length > most ? 'open' : 'passed' }
}

// An open request may have a verdict that waits for its last attempt; only a done one has ended by it.
function isSilent({ state, verdict }: Pick<Request, 'state' | 'verdict'>): boolean {
  return state === 'done' && verdict !== null && SILENT.includes(verdict.reason)
}

function isFailed({ state, verdict }: Pick<Request, 'state' | 'verdict'>): boolean {
  return state === 'done' && verdict?.status === 'failed'
}

function findingOf(failed: readonly Pick<Request, 'verdict'>[], of: number): CanaryFinding {
  const kinds = new Map<string, CanaryFinding>()
  for (const { verdict } of failed) {
    const { reason = 'errored', detail = null } = verdict ?? {}
    const kind = JSON.stringify([reason, detail])
    const alike = (kinds.get(kind)?.alike ?? 0) + 1
    kinds.set(kind, { failed: failed.length, of, reason, detail, alike })
  }
  const [most] = [...kinds.values()].sort((one, other) => other.alike - one.alike)
  return most as CanaryFinding
}
