import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ReasonCode, Verdict } from '../../../src/model/request.js'
import { exportRow } from '../../../src/policy/results/export-row.js'
import { bytesOf, errored, message, resultRow, succeeded, textOf } from './arrange.js'

const USABLE: Verdict = { status: 'succeeded', reason: 'usable', detail: null }

function exported(row: Parameters<typeof resultRow>[0]): Record<string, unknown> {
  return JSON.parse(textOf(exportRow(resultRow(row)))) as Record<string, unknown>
}

function failed(reason: ReasonCode, detail: string | null = null): Verdict {
  return { status: 'failed', reason, detail }
}

describe('the output line', () => {
  test('of a success has every member, in order', () => {
    const row = resultRow({ verdict: USABLE, line: succeeded(), paidNano: 123_000 })
    const { usage, ...rest } = message()

    expect(textOf(exportRow(row))).toBe(
      `{"key":"claim-1","status":"succeeded","text":"ham","stop_reason":"end_turn",` +
        `"message":${JSON.stringify({ ...rest, usage })},"usage":${JSON.stringify(usage)},` +
        `"cost_usd":"0.000123","attempts":1,"error":null,"policy":null}`,
    )
  })

  test("keeps the provider's bytes: NUL, lone surrogates, long numbers, spaces, bad UTF-8", () => {
    const text = '\\u0000 \\ud800 \\/ \\u00e9'
    const inner = `{ "content": [{"type":"text","text":"${text}~"}], "n": 1e400, "x": 0.10 }`
    const line = bytesOf(`{"custom_id":"a","result":{"type":"succeeded","message":${inner}}}`)
    const bad = line.map((byte) => (byte === 0x7e ? 0xff : byte))
    const wanted = bytesOf(inner).map((byte) => (byte === 0x7e ? 0xff : byte))

    const output = exportRow(resultRow({ verdict: USABLE, line: bad }))

    expect(Buffer.from(output).includes(Buffer.from(wanted))).toBe(true)
    expect(JSON.parse(textOf(output))).toMatchObject({ text: '\u0000 \ud800 / é\ufffd' })
  })

  test('is one line of JSON for any key and any message', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.jsonValue(), (key, value) => {
        const line = succeeded({ future: value, content: [{ type: 'text', text: key }] })
        const output = textOf(exportRow(resultRow({ verdict: USABLE, line, request: { key } })))
        expect(output).not.toContain('\n')
        const row = JSON.parse(output) as { key: string; text: string; message: unknown }
        expect(row.key).toBe(key)
        expect(row.text).toBe(key)
        expect(JSON.stringify(row.message)).toBe(
          JSON.stringify(
            (JSON.parse(JSON.stringify(line)) as { result: { message: unknown } }).result.message,
          ),
        )
      }),
    )
  })

  test('joins the text blocks and leaves the others out', () => {
    const content = [
      { type: 'thinking', thinking: 'no' },
      { type: 'text', text: 'a' },
      { type: 'tool_use', input: {} },
      { type: 'text', text: ' b' },
    ]

    expect(exported({ verdict: USABLE, line: succeeded({ content }) })).toMatchObject({
      text: 'a b',
    })
  })

  test('of a request that is not done shows no answer, whatever an earlier attempt left', () => {
    const row = { line: errored({ type: 'overloaded_error', message: 'm' }), paidNano: 5 }

    expect(exported(row)).toEqual({
      key: 'claim-1',
      status: 'waiting',
      text: null,
      stop_reason: null,
      message: null,
      usage: null,
      cost_usd: '0.000000005',
      attempts: 1,
      error: null,
      policy: null,
    })
    expect(exported({ ...row, request: { state: 'assigned' } })).toMatchObject({
      status: 'waiting',
    })
    expect(exported({ line: succeeded() })).toMatchObject({ message: null, text: null })
  })

  test('names the policy of the attempt that a done request ended with', () => {
    const row = { line: succeeded(), policy: 'cut_off_raised' } as const
    expect(exported({ ...row, verdict: USABLE })).toMatchObject({ policy: 'cut_off_raised' })
    expect(exported(row)).toMatchObject({ status: 'waiting', policy: null })
  })

  test('of an unusable answer keeps it, and says what to do', () => {
    const line = succeeded({ stop_reason: 'max_tokens' })

    expect(exported({ verdict: failed('cut_off', 'max_tokens'), line })).toMatchObject({
      status: 'failed',
      text: 'ham',
      stop_reason: 'max_tokens',
      usage: { input_tokens: 10 },
      error: { code: 'cut_off', next_step: 'Retry it with a larger max_tokens.' },
    })
  })

  test('of a refused request quotes the provider', () => {
    const line = errored({ type: 'not_found_error', message: 'model: claude-x' })

    expect(exported({ verdict: failed('errored', 'not_found_error'), line })).toMatchObject({
      status: 'failed',
      text: null,
      message: null,
      error: {
        code: 'errored',
        message: 'The provider refused the request: not_found_error: model: claude-x',
      },
    })
  })

  test('has no cost when a price is unknown', () => {
    expect(exported({ verdict: USABLE, line: succeeded(), paidNano: null })).toMatchObject({
      cost_usd: null,
    })
  })

  test.each<ReasonCode>([
    'cut_off',
    'refused',
    'empty',
    'errored',
    'gave_up',
    'rejected',
    'file_damaged',
    'expired',
    'result_lost',
    'possibly_paid',
    'canceled',
    'superseded',
  ])('explains the end %s in whole sentences, without a line too', (reason) => {
    const { error } = exported({ verdict: failed(reason) }) as {
      error: { code: string; message: string; next_step: string }
    }

    expect(error.code).toBe(reason)
    expect(error.message).toMatch(/^[A-Z].*\.$/)
    expect(error.next_step).toMatch(/^[A-Z].*\.$/)
  })

  test.each([
    ['pause_turn', /paused/, /go on/],
    ['model_context_window_exceeded', /context window/, /Shorten/],
  ])('tells the way on after %s', (stopReason, what, nextStep) => {
    const line = succeeded({ stop_reason: stopReason })
    const { error } = exported({ verdict: failed('cut_off', stopReason), line })

    expect(error).toMatchObject({
      message: expect.stringMatching(what) as string,
      next_step: expect.stringMatching(nextStep) as string,
    })
  })

  test('of a request with a line that can not be read has no answer', () => {
    const verdict = failed('result_lost')

    expect(exported({ verdict, line: '{"custom_id":"a","res' })).toMatchObject({
      message: null,
      error: { code: 'result_lost' },
    })
  })
})
