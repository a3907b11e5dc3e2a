import { describe, expect, test } from 'vitest'
import type { ReasonCode, Verdict } from '../../../src/model/request.js'
import { anthropicRow } from '../../../src/policy/results/anthropic-row.js'
import { readResultLine } from '../../../src/policy/results/result-line.js'
import { successVerdict } from '../../../src/policy/results/success-verdict.js'
import { errored, resultRow, succeeded, textOf } from './arrange.js'

function written(row: Parameters<typeof resultRow>[0]): string {
  return textOf(anthropicRow(resultRow(row)))
}

function end(status: Verdict['status'], reason: ReasonCode): Verdict {
  return { status, reason, detail: null }
}

describe("a row in the provider's own shape", () => {
  test("bears the caller's key and the provider's result, byte for byte", () => {
    const result = '{ "type":"succeeded", "message": {"content":[ ],"x":1.0} }'
    const line = `{"custom_id":"h1abc","result":${result}}`

    expect(written({ verdict: end('failed', 'empty'), line, request: { key: 'a "b"' } })).toBe(
      `{"custom_id":"a \\"b\\"","result":${result}}`,
    )
  })

  test.each<[Verdict, unknown]>([
    [end('succeeded', 'usable'), succeeded()],
    [end('succeeded', 'cut_off'), succeeded({ stop_reason: 'max_tokens' })],
    [end('failed', 'refused'), succeeded({ stop_reason: 'refusal' })],
    [end('failed', 'errored'), errored({ type: 'not_found_error', message: 'm' })],
    [end('failed', 'gave_up'), errored({ type: 'api_error', message: 'm' })],
  ])('is its own line for %j', (verdict, line) => {
    expect(JSON.parse(written({ verdict, line }))).toEqual({
      ...(line as object),
      custom_id: 'claim-1',
    })
  })

  test.each<[Verdict, object]>([
    [end('canceled', 'canceled'), { type: 'canceled' }],
    [end('canceled', 'superseded'), { type: 'canceled' }],
    [end('failed', 'expired'), { type: 'expired' }],
  ])('of %j is such a line', (verdict, result) => {
    expect(JSON.parse(written({ verdict, line: errored({ type: 'api_error' }) }))).toEqual({
      custom_id: 'claim-1',
      result,
    })
  })

  test.each<ReasonCode>(['result_lost', 'possibly_paid', 'rejected', 'file_damaged', 'gave_up'])(
    'of our own failure %s is an errored line that the reader takes',
    (reason) => {
      const bytes = anthropicRow(resultRow({ verdict: end('failed', reason) }))

      expect(bytes === null ? null : readResultLine(bytes)).toMatchObject({
        customId: 'claim-1',
        outcome: 'errored',
        errorType: reason,
        errorMessage: expect.stringMatching(/\.$/) as string,
      })
    },
  )

  test('is not there before the request is done', () => {
    expect(anthropicRow(resultRow({ line: succeeded() }))).toBeNull()
  })
})

describe('the verdict of a success', () => {
  test('is success when it is usable or accepted, else failure, with the reason in either case', () => {
    const cutOff = { usability: 'cut_off', stopReason: 'max_tokens' } as const
    const accept = ['cut_off'] as const

    expect(successVerdict({ usability: 'usable', stopReason: 'end_turn' }, { accept })).toEqual({
      status: 'succeeded',
      reason: 'usable',
      detail: null,
    })
    expect(successVerdict(cutOff, { accept })).toEqual({
      status: 'succeeded',
      reason: 'cut_off',
      detail: 'max_tokens',
    })
    expect(successVerdict(cutOff, { accept: ['refused'] })).toMatchObject({ status: 'failed' })
  })
})
