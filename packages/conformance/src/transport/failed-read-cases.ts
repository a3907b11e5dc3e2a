import type { AccountId, RemoteId, Transport } from '@halfrate/core'
import { expect } from 'vitest'
import { sampleCount } from './count-cases.js'
import { acceptedBatch } from './sample-batch.js'
import type { TransportCase, TransportFault, TransportOp } from './transport-harness.js'

type ReadOp = Exclude<TransportOp, 'create' | 'message'>

const FAULTS: readonly TransportFault[] = [
  'bad_key',
  'rate_limit',
  'broken',
  'overloaded',
  'proxy_page',
  'web_page',
  'lost_answer',
  'lost_request',
]

interface ReadParams {
  readonly account: AccountId
  readonly remoteId: RemoteId
}

type Read = (transport: Transport, params: ReadParams) => Promise<{ readonly type: string }>

const READS: Readonly<Record<ReadOp, Read>> = {
  list: (transport, { account }) => transport.list({ account, afterId: null, limit: 20 }),
  retrieve: (transport, params) => transport.retrieve(params),
  cancel: (transport, params) => transport.cancel(params),
  results: (transport, params) => transport.streamResults(params),
  countTokens: (transport, { account }) => transport.countTokens(sampleCount(account)),
}

function failedCase(op: ReadOp, fault: TransportFault): TransportCase {
  return {
    name: `${op} fails with a value, and is not repeated, after ${fault}`,
    async run(harness) {
      const { transport, account, provider } = harness
      const { id } = await acceptedBatch(harness)
      // A cancel needs a batch that runs, results need one that has ended.
      if (op === 'results') await provider.endBatches()
      await provider.failNext(op, fault)
      const before = await provider.calls(op)
      const result = await READS[op](transport, { account, remoteId: id })
      expect(result).toMatchObject({ type: 'failed', error: { message: expect.any(String) } })
      expect(await provider.calls(op)).toBe(before + 1)
    },
  }
}

/** Every way in which a call that changes nothing of ours can go wrong. */
export const failedReadCases: readonly TransportCase[] = [
  ...FAULTS.flatMap((fault) => (Object.keys(READS) as ReadOp[]).map((op) => failedCase(op, fault))),
  {
    name: 'a rate limit says how long to wait',
    async run({ transport, account, provider }) {
      await provider.failNext('list', 'rate_limit')
      const result = await transport.snapshot({ account })
      expect(result).toMatchObject({ type: 'failed', error: { status: 429, retryAfterMs: 30_000 } })
    },
  },
  {
    name: 'a call after a failed one goes through',
    async run({ transport, account, provider }) {
      await provider.failNext('list', 'lost_answer')
      await transport.snapshot({ account })
      expect(await transport.snapshot({ account })).toMatchObject({ type: 'page' })
    },
  },
]
