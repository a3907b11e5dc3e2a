import { ConfigError } from '@halfrate/core'
import { expect, test } from 'vitest'
import { isLoopback, parseBaseUrl } from '../src/provider-url.js'

test.each([
  'http://localhost:1',
  'http://127.0.0.1',
  'http://127.8.9.1:80/gateway',
  'http://[::1]:5',
])('%s leads to this machine', (url) => expect(isLoopback(parseBaseUrl(url))).toBe(true))

test.each([
  'https://api.anthropic.com',
  'http://127.0.0.1.example.com',
  'http://localhost.example',
])('%s does not lead to this machine', (url) => expect(isLoopback(parseBaseUrl(url))).toBe(false))

test.each([
  '',
  'api.anthropic.com',
  'ftp://x',
  'https://x?key=1',
  'https://x/v1',
  'https://x/gateway/v1/',
])('%j is refused', (text) => {
  expect(() => parseBaseUrl(text)).toThrow(ConfigError)
})

test('a password is not part of the error, and its name is that of where it came from', () => {
  expect(() => parseBaseUrl('https://user:secret@x', '--base-url')).toThrow(
    '--base-url: expected an http or https URL without password and query, got one with a password.',
  )
})
