import { ConfigError } from '@halfrate/core'

/** The provider's own host. */
export const PROVIDER_HOST: string = 'api.anthropic.com'

/** Where the provider's API is when nobody says otherwise. */
export const PROVIDER_URL: string = `https://${PROVIDER_HOST}`

/**
 * Reads a base URL: scheme, host, port, and a path in front of the API's own where a gateway needs one.
 *
 * @param name what the error calls it, such as the flag or the variable that it came from.
 * @throws {ConfigError} when it is not an http or https URL, bears a user name, password or query, or ends in the API's own `/v1`.
 */
export function parseBaseUrl(text: string, name = 'base URL'): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null) throw notABaseUrl(name, `got ${JSON.stringify(text)}`)
  // Not shown: a password in a log is a password lost.
  if (url.username !== '' || url.password !== '') throw notABaseUrl(name, 'got one with a password')
  const isHttp = url.protocol === 'https:' || url.protocol === 'http:'
  if (!isHttp || url.search !== '' || url.hash !== '') {
    throw notABaseUrl(name, `got ${JSON.stringify(text)}`)
  }
  if (/\/v1\/*$/.test(url.pathname)) {
    throw new ConfigError(
      `${name}: expected it without /v1, which is added to it, got ${JSON.stringify(text)}.`,
      `Write it as ${JSON.stringify(url.href.replace(/\/v1\/*$/, ''))}.`,
    )
  }
  return url
}

function notABaseUrl(name: string, got: string): ConfigError {
  return new ConfigError(
    `${name}: expected an http or https URL without password and query, ${got}.`,
    `Leave it out to use ${PROVIDER_URL}.`,
  )
}

/** Whether a URL leads to this machine, where an emulator takes any key. */
export function isLoopback(url: URL): boolean {
  return (
    url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(\.\d+){3}$/.test(url.hostname)
  )
}
