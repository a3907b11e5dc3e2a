import { InvariantError, type ProviderError } from '@halfrate/core'
import { expect } from 'vitest'
import { sampleMessage } from './sample-message.js'
import type { TransportCase, TransportFault } from './transport-harness.js'

const REFUSALS: Readonly<Partial<Record<TransportFault, Partial<ProviderError>>>> = {
  bad_key: { status: 401, type: 'authentication_error' },
  no_credit: { status: 402, type: 'billing_error' },
  forbidden: { status: 403, type: 'permission_error' },
  own_limit: { status: 400, type: 'invalid_request_error', retryAfterMs: null },
  rate_limit: { status: 429, type: 'rate_limit_error', code: null, retryAfterMs: 30_000 },
  spend_limit: { status: 429, code: 'enforced_spend_limit_reached', retryAfterMs: null },
  too_large: { status: 413 },
  conflict: { status: 409, type: 'conflict_error' },
  overloaded: { status: 529, type: 'overloaded_error' },
}

const UNCLEAR: Readonly<Partial<Record<TransportFault, { readonly isPaid: boolean }>>> = {
  broken: { isPaid: false },
  proxy_page: { isPaid: false },
  web_page: { isPaid: false },
  lost_request: { isPaid: false },
  lost_answer: { isPaid: true },
  cut_answer: { isPaid: true },
}

function refusalCase(fault: TransportFault, error: Partial<ProviderError>): TransportCase {
  return {
    name: `a message is refused, for sure and once, by ${fault}`,
    async run(harness) {
      await harness.provider.failNext('message', fault)
      const result = await harness.transport.createMessage(sampleMessage(harness))
      expect(result).toMatchObject({ type: 'refused', error })
      expect([await harness.provider.answered(), await harness.provider.calls('message')]).toEqual([
        0, 1,
      ])
    },
  }
}

function unclearCase(fault: TransportFault, isPaid: boolean): TransportCase {
  return {
    name: `a message is unclear, and not repeated, after ${fault}`,
    async run(harness) {
      await harness.provider.failNext('message', fault)
      const result = await harness.transport.createMessage(sampleMessage(harness))
      expect(result.type).toBe('ambiguous')
      expect([await harness.provider.answered(), await harness.provider.calls('message')]).toEqual([
        isPaid ? 1 : 0,
        1,
      ])
    },
  }
}

/** Messages that are answered in real time. */
export const messageCases: readonly TransportCase[] = [
  {
    name: 'a message is answered with what the provider wrote, on one line',
    async run(harness) {
      const result = await harness.transport.createMessage(sampleMessage(harness))
      if (result.type !== 'answered') return expect(result.type).toBe('answered')
      const text = new TextDecoder().decode(result.message)
      expect(text).not.toContain('\n')
      expect(JSON.parse(text)).toMatchObject({
        type: 'message',
        role: 'assistant',
        content: [{ type: 'text' }],
        usage: { service_tier: 'standard' },
      })
      expect(await harness.provider.answered()).toBe(1)
    },
  },
  ...Object.entries(REFUSALS).map(([fault, error]) => refusalCase(fault as TransportFault, error)),
  ...Object.entries(UNCLEAR).map(([fault, { isPaid }]) =>
    unclearCase(fault as TransportFault, isPaid),
  ),
  {
    name: 'a message is refused by the provider’s own checks',
    async run(harness) {
      const body = new TextEncoder().encode('{"model":"claude-haiku-4-5","messages":[]}')
      const result = await harness.transport.createMessage(sampleMessage(harness, { body }))
      expect(result).toMatchObject({
        type: 'refused',
        error: { status: 400, type: 'invalid_request_error' },
      })
    },
  },
  {
    name: 'a message that may not begin is not sent',
    async run(harness) {
      const params = sampleMessage(harness, { mayContinue: () => false })
      expect(await harness.transport.createMessage(params)).toMatchObject({ type: 'not_sent' })
      expect(await harness.provider.answered()).toBe(0)
    },
  },
  {
    name: 'a message that is broken off before it begins is not sent',
    async run(harness) {
      const params = sampleMessage(harness, { signal: AbortSignal.abort() })
      expect(await harness.transport.createMessage(params)).toMatchObject({ type: 'not_sent' })
      expect(await harness.provider.answered()).toBe(0)
    },
  },
  {
    name: 'a second message for a nonce is refused without a byte',
    async run(harness) {
      const params = sampleMessage(harness)
      await harness.transport.createMessage(params)
      await expect(harness.transport.createMessage(params)).rejects.toBeInstanceOf(InvariantError)
      expect(await harness.provider.calls('message')).toBe(1)
    },
  },
]
