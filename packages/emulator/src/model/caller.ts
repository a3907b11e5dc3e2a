import type { WireErrorType } from './wire.js'

/** What the headers of a request say. All members are required; null means that the header is absent. */
export interface Caller {
  /** From `x-api-key` or `authorization: Bearer …`. */
  readonly apiKey: string | null
  /** From `anthropic-version`. */
  readonly version: string | null
  /** From `anthropic-beta`, split at commas. */
  readonly betas: readonly string[]
  /** From `anthropic-user-profile-id`. */
  readonly userProfileId: string | null
  /** Scheme, host and port that the client dialled; `results_url` begins with it. No slash at the end. */
  readonly origin: string
}

/** A caller with nothing wrong: any key, the newest API version, no betas, the provider's own host. */
export const DEFAULT_CALLER: Caller = Object.freeze({
  apiKey: 'sk-ant-emulated',
  version: '2026-10-21',
  betas: Object.freeze([]),
  userProfileId: null,
  origin: 'https://api.anthropic.com',
})

/** API versions that are accepted. Source: versioning page, October 2026. */
export const API_VERSIONS: readonly string[] = Object.freeze(['2023-06-01', '2026-10-21'])

/** Why a caller is turned away before anything else is looked at. */
export interface Refusal {
  readonly status: number
  readonly type: WireErrorType
  readonly message: string
}

/**
 * Judges key and version; null means welcome. `workspaces` null accepts every key.
 *
 * The text for a bad key was captured (2026-09); those about the version are the emulator's own.
 */
export function refuseCaller(
  caller: Caller,
  workspaces: ReadonlyMap<string, string> | null,
): Refusal | null {
  const isKnown =
    caller.apiKey !== null &&
    caller.apiKey !== '' &&
    (workspaces === null || workspaces.has(caller.apiKey))
  if (!isKnown) {
    return { status: 401, type: 'authentication_error', message: 'API key is invalid.' }
  }
  if (caller.version === null) {
    return invalid('anthropic-version: header is required')
  }
  if (!API_VERSIONS.includes(caller.version)) {
    return invalid(`anthropic-version: "${caller.version}" is not a known version`)
  }
  return null
}

function invalid(message: string): Refusal {
  return { status: 400, type: 'invalid_request_error', message }
}
