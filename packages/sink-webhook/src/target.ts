import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { ConfigError } from '@halfrate/core'
import { reachOf } from './public-address.js'

/** An address of a host. */
export interface HostAddress {
  readonly address: string
  readonly family: 4 | 6
}

/** Finds all addresses of a host. Throws when there is none. */
export type Resolve = (host: string) => Promise<readonly HostAddress[]>

/** Where a webhook goes, or why it may not. */
export type Target =
  | { readonly type: 'address'; readonly to: HostAddress }
  | { readonly type: 'blocked' | 'unknown_host'; readonly detail: string }

/** The system's own resolver. */
export const systemResolve: Resolve = async (host) =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address, family }) => ({
    address,
    family: family === 6 ? 6 : 4,
  }))

/**
 * Reads where webhooks go.
 *
 * @param isInternal whether the receiver is in a network of one's own, where plain HTTP is allowed too.
 * @throws {ConfigError} when it is no URL that a webhook can go to.
 */
export function readUrl(text: unknown, isInternal: boolean): URL {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : null
  const schemes = isInternal ? ['https:', 'http:'] : ['https:']
  const wrong =
    url === null
      ? 'something that is no URL'
      : !schemes.includes(url.protocol)
        ? `one that begins with ${url.protocol}//`
        : url.username !== '' || url.password !== ''
          ? 'one with a user name or a password in it'
          : null
  if (url !== null && wrong === null) return url
  const expected = isInternal ? 'https:// or http://' : 'https://'
  throw new ConfigError(
    `url: expected one that begins with ${expected}, got ${wrong}.`,
    'Correct it. Nothing was sent.',
  )
}

/**
 * Finds out to which address a webhook goes, once, so that what was looked at is what is called. A host that has any address that may not
 * be called is not called at all.
 */
export async function findTarget(
  { hostname }: URL,
  { isInternal, resolve }: { readonly isInternal: boolean; readonly resolve: Resolve },
): Promise<Target> {
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const family = isIP(host)
  let found: readonly HostAddress[]
  try {
    found = family === 0 ? await resolve(host) : [{ address: host, family: family === 6 ? 6 : 4 }]
  } catch (error) {
    return { type: 'unknown_host', detail: error instanceof Error ? error.message : String(error) }
  }
  const wrong = found.find(({ address }) => !isAllowed(address, isInternal))
  if (wrong !== undefined) {
    const kind = reachOf(wrong.address) === 'own' ? 'a private network' : 'no receiver of webhooks'
    return { type: 'blocked', detail: `${host} leads to ${kind}, at ${wrong.address}` }
  }
  const [to] = found
  if (to === undefined) return { type: 'unknown_host', detail: `${host} has no address` }
  return { type: 'address', to }
}

function isAllowed(address: string, isInternal: boolean): boolean {
  const reach = reachOf(address)
  return reach === 'public' || (reach === 'own' && isInternal)
}
