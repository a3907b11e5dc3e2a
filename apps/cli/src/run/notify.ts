import { ConfigError } from '@halfrate/core'
import type { ReportObject } from '../screen/report-object.js'

/** The bodies that a notice can have: the report as an object, or a text as Slack takes it. */
export const NOTIFY_FORMATS = ['json', 'slack'] as const

/** Who is told of the end of a run. The path of a URL is often a secret: print {@link notifyPlace} of it. */
export interface NotifyTarget {
  readonly url: URL
  readonly format: (typeof NOTIFY_FORMATS)[number]
}

// Real time.
const LONGEST_MS = 10_000

/**
 * Reads `--notify`.
 *
 * @throws {ConfigError} when it is no http or https address.
 */
export function notifyUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && /^https?:$/.test(url.protocol) && url.username + url.password === '')
    return url
  throw new ConfigError(
    '--notify: expected an address that begins with https:// or http://, without user and password.',
    'Correct the flag. Nothing was sent.',
  )
}

/** What may be said of an address. */
export function notifyPlace({ origin }: URL): string {
  return origin
}

/** What is told. */
export interface Notice {
  readonly report: ReportObject
  /** The same in a sentence or two. */
  readonly text: string
}

/**
 * Tells of the end of a run by one POST, within ten seconds. Null when it was taken, else why it was not: a failure
 * changes nothing for the run.
 */
export async function notify(
  { url, format }: NotifyTarget,
  { report, text }: Notice,
  signal: AbortSignal,
): Promise<string | null> {
  const body = format === 'slack' ? { text } : { ...report, text }
  const overtime = AbortSignal.timeout(LONGEST_MS)
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'halfrate' },
      body: JSON.stringify(body),
      // Following one would make a GET of it, or tell somebody else.
      redirect: 'manual',
      signal: AbortSignal.any([overtime, signal]),
    })
    await response.body?.cancel()
    return response.ok ? null : `it answered ${response.status}`
  } catch (error) {
    if (signal.aborted) return 'interrupted'
    if (overtime.aborted) return `no answer within ${LONGEST_MS / 1_000} s`
    return causeText(error)
  }
}

// What fetch throws says only that it failed; its cause says why, and names no path.
function causeText(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  const code = (cause as { readonly code?: unknown } | undefined)?.code
  return typeof code === 'string' ? code : 'it could not be reached'
}
