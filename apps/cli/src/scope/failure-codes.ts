import { ConfigError, PROVIDER_ERROR_TYPES, type ReasonCode, type Request } from '@halfrate/core'
import type { Halfrate } from '@halfrate/runtime'
import type { NamedScope } from './named-scope.js'

/** Our reasons, and whether a request can have failed for them. */
const REASONS: Readonly<Record<ReasonCode, boolean>> = {
  cut_off: true,
  refused: true,
  empty: true,
  output_invalid: true,
  errored: true,
  expired: true,
  gave_up: true,
  result_lost: true,
  possibly_paid: true,
  rejected: true,
  file_damaged: true,
  canceled: false,
  superseded: false,
  usable: false,
}

const KNOWN: readonly string[] = [
  ...Object.entries(REASONS).flatMap(([reason, isFailure]) => (isFailure ? [reason] : [])),
  ...PROVIDER_ERROR_TYPES,
]

/** The codes by which a failed request is found: our reason, and the provider's type of error where there is one. */
export function failureCodesOf({ verdict }: Pick<Request, 'verdict'>): readonly string[] {
  if (verdict === null || verdict.status !== 'failed') return []
  return verdict.detail === null ? [verdict.reason] : [verdict.reason, verdict.detail]
}

/**
 * Refuses codes that nobody knows: neither one of ours, nor a type of error that the provider has, nor what a request
 * of the scope failed with, since a provider may have new ones.
 *
 * @throws {ConfigError} naming the known ones.
 */
export async function checkCodes(
  { store }: Pick<Halfrate, 'store'>,
  { scope, text }: Pick<NamedScope, 'scope' | 'text'>,
  codes: ReadonlySet<string>,
): Promise<void> {
  const unknown = new Set([...codes].filter((code) => !KNOWN.includes(code)))
  const limit = store.traits.pageLimit
  for (let afterId = 0; unknown.size > 0; ) {
    const page = await store.listRequests({ scope, states: ['done'], afterId, limit })
    const last = page.at(-1)
    if (last === undefined) throw unknownCode([...unknown][0] as string, text)
    for (const request of page) for (const code of failureCodesOf(request)) unknown.delete(code)
    afterId = last.id
  }
}

function unknownCode(code: string, where: string): ConfigError {
  return new ConfigError(
    `--code: there is no code ${JSON.stringify(code)}, and no request of ${where} failed with it.`,
    `Codes are ${KNOWN.join(', ')}. Nothing was changed.`,
  )
}
