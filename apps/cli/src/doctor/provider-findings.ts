import {
  type ClockReading,
  ConfigError,
  clockSkew,
  DEFAULT_ACCOUNT,
  HalfrateError,
  type ListPage,
  type ListResult,
} from '@halfrate/core'
import { checkApiKey, type Halfrate, isLoopback, missingKey } from '@halfrate/runtime'
import { countOf } from '../screen/number-text.js'
import { durationText } from '../screen/time-text.js'
import { type Finding, ok, problem, warning } from './finding.js'

// The newest ones; who else works in a workspace is seen among them.
const LOOKED_AT = 100

/** Whether there is a key that can be one. */
export function keyFinding(apiKey: string | null, baseUrl: URL): Finding {
  if (apiKey === null && isLoopback(baseUrl)) return ok('key', 'none, and this machine needs none')
  try {
    if (apiKey === null) throw missingKey()
    checkApiKey(apiKey)
    return ok('key', 'ANTHROPIC_API_KEY is set')
  } catch (error) {
    return problemOf('key', error)
  }
}

/** Asks the provider for its newest batches, and says what that tells of the way there, the key, the workspace, the clock. */
export async function providerFindings(half: Halfrate): Promise<readonly Finding[]> {
  const askedAt = half.clock.now()
  const result = await half.newestBatches(LOOKED_AT)
  const answeredAt = half.clock.now()
  if (result.type === 'failed') return [refusedFinding(half.baseUrl, result.error)]
  return [
    ok('network', `${half.baseUrl.host} answers`),
    await accessFinding(half),
    await workspaceFinding(half, result),
    clockFinding({ askedAt, serverAt: result.serverAt, answeredAt }),
  ]
}

function refusedFinding(
  baseUrl: URL,
  error: Extract<ListResult, { readonly type: 'failed' }>['error'],
): Finding {
  const { status, message } = error
  if (status === 401 || status === 403) {
    return problem(
      'access',
      `${baseUrl.host} refuses the API key: ${message}`,
      'Set ANTHROPIC_API_KEY to a key of your workspace.',
    )
  }
  if (status === null) {
    return problem(
      'network',
      `${baseUrl.host} can't be reached: ${message}`,
      'Check the connection, a proxy or firewall in between, and ANTHROPIC_BASE_URL.',
    )
  }
  if (status === 404) {
    return problem(
      'network',
      `there is no Message Batches API at ${baseUrl.href} (404)`,
      'Correct ANTHROPIC_BASE_URL or --base-url.',
    )
  }
  return warning(
    'network',
    `${baseUrl.host} answered ${status}: ${message}`,
    'It may pass; work waits for it and tries again.',
  )
}

async function accessFinding(half: Halfrate): Promise<Finding> {
  try {
    await half.checkAccess()
    return ok('access', 'the key is accepted, and is of the workspace that this store works in')
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return problemOf('access', error)
  }
}

async function workspaceFinding({ store }: Halfrate, page: ListPage): Promise<Finding> {
  const remoteIds = page.batches.map(({ id }) => id)
  const { ours } = await store.knownBatches({ account: DEFAULT_ACCOUNT, remoteIds })
  const others = remoteIds.filter((id) => !ours.has(id)).length
  const name = page.workspaceId ?? 'not named by the provider'
  const seen = `${countOf(remoteIds.length, 'batch', 'batches')} seen`
  const rest =
    others === 0
      ? 'none of other programs or stores'
      : `${countOf(others, 'batch', 'batches')} of other programs or stores, which Halfrate leaves alone`
  return ok('workspace', `${name}; ${seen}, ${rest}`)
}

function clockFinding(reading: ClockReading): Finding {
  const skew = clockSkew(reading)
  if (skew === null) return ok('clock', "as the provider's")
  const by = durationText(Math.abs(skew))
  return warning(
    'clock',
    `${by} ${skew > 0 ? 'ahead of' : 'behind'} the provider's`,
    'Set it by a time server: deadlines and schedules are only as right as it is.',
  )
}

/** What an error of ours says, as a finding. */
export function problemOf(name: string, error: unknown): Finding {
  if (!(error instanceof HalfrateError)) throw error
  return problem(name, error.message.replace(/\.$/, ''), error.nextStep)
}
