import { ConfigError } from '@halfrate/core'

/** The provider's own host. */
export const PROVIDER_HOST: string = 'api.anthropic.com'

/** Where the provider's API is when nobody says otherwise. */
export const PROVIDER_URL: string = `https://${PROVIDER_HOST}`

/**
 * Reads a base URL.
 *
 * @throws {ConfigError} when it is not an http or https URL, or bears a user name or password.
 */
export function parseBaseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  const isHttp = url !== null && (url.protocol === 'https:' || url.protocol === 'http:')
  if (url === null || !isHttp || url.username !== '' || url.password !== '') {
    throw new ConfigError(
      `base URL: expected an http or https URL without a password, got ${JSON.stringify(text)}.`,
      `Leave it out to use ${PROVIDER_URL}.`,
    )
  }
  return url
}

/** Whether a URL leads to this machine, where an emulator takes any key. */
export function isLoopback(url: URL): boolean {
  return (
    url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(\.\d+){3}$/.test(url.hostname)
  )
}
