import type { ProviderError } from '@halfrate/core'
import { expect } from 'vitest'
import { newNonce, piecesOf, sampleBody, sampleCreate, sampleIds } from './sample-batch.js'
import type { TransportCase, TransportFault } from './transport-harness.js'

const REFUSALS: Readonly<Partial<Record<TransportFault, Partial<ProviderError>>>> = {
  bad_key: { status: 401, type: 'authentication_error' },
  no_credit: { status: 402, type: 'billing_error' },
  forbidden: { status: 403, type: 'permission_error' },
  own_limit: { status: 400, type: 'invalid_request_error', retryAfterMs: null },
  rate_limit: { status: 429, type: 'rate_limit_error', code: null, retryAfterMs: 30_000 },
  spend_limit: { status: 429, code: 'enforced_spend_limit_reached', retryAfterMs: null },
  too_large: { status: 413 },
}

const UNCLEAR: Readonly<Partial<Record<TransportFault, { readonly isAccepted: boolean }>>> = {
  conflict: { isAccepted: false },
  broken: { isAccepted: false },
  overloaded: { isAccepted: false },
  proxy_page: { isAccepted: false },
  web_page: { isAccepted: false },
  lost_request: { isAccepted: false },
  lost_answer: { isAccepted: true },
  cut_answer: { isAccepted: true },
}

function refusalCase(fault: TransportFault, error: Partial<ProviderError>): TransportCase {
  return {
    name: `a create is refused, for sure and once, by ${fault}`,
    async run(harness) {
      await harness.provider.failNext('create', fault)
      const result = await harness.transport.createBatch(sampleCreate(harness))
      expect(result).toMatchObject({ type: 'refused', error })
      expect(await harness.provider.accepted()).toHaveLength(0)
      expect(await harness.provider.calls('create')).toBe(1)
    },
  }
}

function unclearCase(fault: TransportFault, isAccepted: boolean): TransportCase {
  return {
    name: `a create is unclear, and not repeated, after ${fault}`,
    async run(harness) {
      await harness.provider.failNext('create', fault)
      const result = await harness.transport.createBatch(sampleCreate(harness))
      expect(result.type).toBe('ambiguous')
      expect(await harness.provider.accepted()).toHaveLength(isAccepted ? 1 : 0)
      expect(await harness.provider.calls('create')).toBe(1)
    },
  }
}

/** What becomes of a create that the provider, or something on the way, does not answer as asked. */
export const createFaultCases: readonly TransportCase[] = [
  ...Object.entries(REFUSALS).map(([fault, error]) => refusalCase(fault as TransportFault, error)),
  ...Object.entries(UNCLEAR).map(([fault, { isAccepted }]) =>
    unclearCase(fault as TransportFault, isAccepted),
  ),
  {
    name: 'a create is refused by the provider’s own checks',
    async run(harness) {
      const [id = ''] = sampleIds(1)
      const bytes = sampleBody([id, id])
      const params = sampleCreate(harness, { count: 2 })
      const result = await harness.transport.createBatch({
        ...params,
        nonce: newNonce(),
        contentLength: bytes.length,
        body: piecesOf(bytes, bytes.length),
      })
      expect(result).toMatchObject({
        type: 'refused',
        error: { status: 400, type: 'invalid_request_error' },
      })
    },
  },
  {
    name: 'a create is unclear when the batch that comes back has another count',
    async run(harness) {
      const params = sampleCreate(harness, { count: 3, requestCount: 4 })
      expect(await harness.transport.createBatch(params)).toMatchObject({ type: 'ambiguous' })
      expect(await harness.provider.accepted()).toHaveLength(1)
    },
  },
]
