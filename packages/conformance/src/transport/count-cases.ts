import { laneKey, type Transport } from '@halfrate/core'
import { expect } from 'vitest'
import type { TransportCase } from './transport-harness.js'

/** What a count is asked with. */
export function sampleCount(
  account: Parameters<Transport['countTokens']>[0]['account'],
  over: { readonly model?: string; readonly words?: number } = {},
): Parameters<Transport['countTokens']>[0] {
  const { model = 'claude-haiku-4-5', words = 1 } = over
  const messages = [{ role: 'user', content: 'word '.repeat(words) }]
  const body = new TextEncoder().encode(JSON.stringify({ model, messages }))
  return { account, lane: laneKey({}), body }
}

/** Counting the tokens of a prompt. */
export const countCases: readonly TransportCase[] = [
  {
    name: 'a longer prompt has more tokens, the same one as many',
    async run({ transport, account }) {
      const countOf = async (words: number): Promise<number> => {
        const result = await transport.countTokens(sampleCount(account, { words }))
        return result.type === 'counted' ? result.tokens : Number.NaN
      }
      const short = await countOf(10)
      expect(short).toBeGreaterThan(0)
      expect(await countOf(10)).toBe(short)
      expect(await countOf(1_000)).toBeGreaterThan(short)
    },
  },
  {
    name: 'counting makes no batch',
    async run({ transport, account, provider }) {
      await transport.countTokens(sampleCount(account))
      expect(await provider.calls('create')).toBe(0)
      expect(await provider.accepted()).toEqual([])
    },
  },
  {
    name: 'a prompt for a model that there is not is not counted, and the value says why',
    async run({ transport, account }) {
      const result = await transport.countTokens(sampleCount(account, { model: 'claude-nope-9' }))
      expect(result).toMatchObject({ type: 'failed', error: { status: 404 } })
    },
  },
]
