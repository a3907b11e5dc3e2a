import type { CreateParams } from '@halfrate/core'
import { expect } from 'vitest'
import { piecesOf, sampleCreate } from './sample-batch.js'
import type { TransportCase, TransportHarness } from './transport-harness.js'

async function expectNotSent(harness: TransportHarness, params: CreateParams): Promise<void> {
  expect(await harness.transport.createBatch(params)).toMatchObject({ type: 'not_sent' })
  // Whatever is still under way would be in the list by the time that another batch is.
  const after = sampleCreate(harness, { count: 1 })
  expect(await harness.transport.createBatch(after)).toMatchObject({ type: 'accepted' })
  expect(await harness.provider.accepted()).toHaveLength(1)
}

/** Counts how often a create asks whether it may go on. */
async function countQuestions(harness: TransportHarness): Promise<number> {
  let questions = 0
  const mayContinue = (): boolean => {
    questions += 1
    return true
  }
  await harness.transport.createBatch(sampleCreate(harness, { mayContinue }))
  return questions
}

/** What becomes of a create that ends on our side while its last byte is still here. */
export const notSentCases: readonly TransportCase[] = [
  {
    name: 'a create that may not even begin is not sent',
    run: (harness) => expectNotSent(harness, sampleCreate(harness, { mayContinue: () => false })),
  },
  {
    name: 'a create that may not go on in the middle is not sent',
    async run(harness) {
      let left = 3
      const mayContinue = (): boolean => left-- > 0
      await expectNotSent(harness, sampleCreate(harness, { mayContinue }))
    },
  },
  {
    name: 'a create that may not send its last byte is not sent',
    async run(harness) {
      const questions = await countQuestions(harness)
      let left = questions - 1
      const mayContinue = (): boolean => left-- > 0
      const params = sampleCreate(harness, { mayContinue })
      expect(await harness.transport.createBatch(params)).toMatchObject({ type: 'not_sent' })
      expect(await harness.provider.accepted()).toHaveLength(1)
    },
  },
  {
    name: 'a create asks before every piece',
    async run(harness) {
      let pieces = 0
      const { body, ...params } = sampleCreate(harness, { pieceBytes: 50 })
      async function* counted(): AsyncGenerator<Uint8Array> {
        for await (const piece of body) {
          pieces += 1
          yield piece
        }
      }
      let questions = 0
      const mayContinue = (): boolean => {
        questions += 1
        return true
      }
      await harness.transport.createBatch({ ...params, body: counted(), mayContinue })
      expect(pieces).toBeGreaterThan(3)
      expect(questions).toBeGreaterThan(pieces)
    },
  },
  {
    name: 'a create whose body is too short is not sent',
    async run(harness) {
      const params = sampleCreate(harness)
      await expectNotSent(harness, { ...params, contentLength: params.contentLength + 1 })
    },
  },
  {
    name: 'a create whose body is too long is not sent',
    async run(harness) {
      const params = sampleCreate(harness)
      await expectNotSent(harness, { ...params, contentLength: params.contentLength - 1 })
    },
  },
  {
    name: 'a create whose body breaks off is not sent',
    async run(harness) {
      async function* body(): AsyncGenerator<Uint8Array> {
        yield* piecesOf(new Uint8Array(100), 10)
        throw new TypeError('The store is away.')
      }
      await expectNotSent(harness, sampleCreate(harness, { body: body() }))
    },
  },
  {
    name: 'a create that is aborted before it begins is not sent',
    async run(harness) {
      const signal = AbortSignal.abort()
      await expectNotSent(harness, sampleCreate(harness, { signal }))
    },
  },
  {
    name: 'a create that is aborted in the middle is not sent',
    async run(harness) {
      const stop = new AbortController()
      const { body, ...params } = sampleCreate(harness)
      async function* stopping(): AsyncGenerator<Uint8Array> {
        for await (const piece of body) {
          yield piece
          stop.abort()
        }
      }
      await expectNotSent(harness, { ...params, body: stopping(), signal: stop.signal })
    },
  },
]
