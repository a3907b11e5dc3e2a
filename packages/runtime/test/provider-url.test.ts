import { ConfigError } from '@halfrate/core'
import { expect, test } from 'vitest'
import { isLoopback, parseBaseUrl } from '../src/provider-url.js'

test.each(['http://localhost:1', 'http://127.0.0.1', 'http://127.8.9.1:80/v1', 'http://[::1]:5'])(
  '%s leads to this machine',
  (url) => expect(isLoopback(parseBaseUrl(url))).toBe(true),
)

test.each([
  'https://api.anthropic.com',
  'http://127.0.0.1.example.com',
  'http://localhost.example',
])('%s does not lead to this machine', (url) => expect(isLoopback(parseBaseUrl(url))).toBe(false))

test.each(['', 'api.anthropic.com', 'ftp://x', 'https://user:secret@x'])(
  '%j is refused',
  (text) => {
    expect(() => parseBaseUrl(text)).toThrow(ConfigError)
  },
)
