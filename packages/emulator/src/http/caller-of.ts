import type { IncomingMessage } from 'node:http'
import type { Caller } from '../model/index.js'

/** Reads from the headers of a request who calls. Both ways to send a key are fine. */
export function callerOf(request: IncomingMessage): Caller {
  const header = (name: string): string | null => {
    const value = request.headers[name]
    return (Array.isArray(value) ? value.join(',') : value) ?? null
  }
  const betas = header('anthropic-beta')
  return {
    apiKey: header('x-api-key') ?? bearerOf(header('authorization')),
    version: header('anthropic-version'),
    betas: betas === null ? [] : betas.split(',').map((beta) => beta.trim()),
    userProfileId: header('anthropic-user-profile-id'),
    origin: `http://${header('host') ?? '127.0.0.1'}`,
  }
}

function bearerOf(authorization: string | null): string | null {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? null
}
