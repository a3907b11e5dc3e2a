import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readResultLine } from '../../../src/policy/results/result-line.js'
import { bytesOf, errored, succeeded } from './arrange.js'

function read(line: unknown): ReturnType<typeof readResultLine> {
  return readResultLine(bytesOf(line))
}

describe('a line of a success', () => {
  test('gives all that booking it needs', () => {
    expect(read(succeeded())).toEqual({
      type: 'line',
      customId: 'h1x',
      outcome: 'succeeded',
      usability: 'usable',
      stopReason: 'end_turn',
      model: 'claude-haiku-4-5-20251001',
      usage: {
        inputTokens: 10,
        outputTokens: 4,
        cacheReadTokens: 0,
        cacheWrite5mTokens: 0,
        cacheWrite1hTokens: 0,
        webSearchRequests: 0,
        inferenceGeo: null,
      },
      otherTools: null,
      errorType: null,
      errorCode: null,
      errorMessage: null,
    })
  })

  test('is read whatever else it holds, and whatever it lacks', () => {
    const line = {
      custom_id: 'a',
      future: [1],
      result: { type: 'succeeded', message: { content: [{ type: 'text', text: '' }] }, x: {} },
    }

    expect(read(line)).toMatchObject({
      type: 'line',
      outcome: 'succeeded',
      usability: 'usable',
      stopReason: null,
      model: null,
      usage: null,
    })
  })

  test.each([
    ['max_tokens', 'cut_off'],
    ['model_context_window_exceeded', 'cut_off'],
    ['pause_turn', 'cut_off'],
    ['refusal', 'refused'],
    ['end_turn', 'usable'],
    ['stop_sequence', 'usable'],
    ['tool_use', 'usable'],
    ['something_new', 'usable'],
    [null, 'usable'],
  ])('with stop reason %s is %s', (stopReason, usability) => {
    expect(read(succeeded({ stop_reason: stopReason }))).toMatchObject({ usability, stopReason })
  })

  test.each([
    ['no blocks', []],
    ['thinking only', [{ type: 'thinking', thinking: 'hm' }, { type: 'redacted_thinking' }]],
    ['no list of blocks', 'text'],
    ['nothing that is a block', [null, 1, []]],
  ])('with %s is empty', (_, content) => {
    expect(read(succeeded({ content }))).toMatchObject({ usability: 'empty' })
  })

  test('that calls a tool without a word is usable', () => {
    const content = [{ type: 'thinking' }, { type: 'tool_use', id: 't', name: 'n', input: {} }]

    expect(read(succeeded({ content, stop_reason: 'tool_use' }))).toMatchObject({
      usability: 'usable',
    })
  })

  test('that was cut off while thinking is cut off, not empty', () => {
    const content = [{ type: 'thinking', thinking: '…' }]

    expect(read(succeeded({ content, stop_reason: 'max_tokens' }))).toMatchObject({
      usability: 'cut_off',
    })
  })
})

describe('a line without an answer', () => {
  test('gives the error from inside its double envelope', () => {
    const details = { error_visibility: 'user_facing', error_code: 'some_code' }
    const line = errored({ type: 'not_found_error', message: 'model: claude-x', details })

    expect(read(line)).toMatchObject({
      outcome: 'errored',
      errorType: 'not_found_error',
      errorCode: 'some_code',
      errorMessage: 'model: claude-x',
      usability: null,
      usage: null,
    })
  })

  test('gives the error of a single envelope too', () => {
    const error = { type: 'api_error', message: 'oops' }

    expect(read({ custom_id: 'a', result: { type: 'errored', error } })).toMatchObject({
      errorType: 'api_error',
      errorMessage: 'oops',
    })
  })

  test.each([undefined, null, 'text', [], {}])('is errored with an error of %j', (error) => {
    expect(read({ custom_id: 'a', result: { type: 'errored', error } })).toMatchObject({
      outcome: 'errored',
      errorType: null,
      errorCode: null,
      errorMessage: null,
    })
  })

  test.each(['canceled', 'expired'])('is %s', (type) => {
    expect(read({ custom_id: 'a', result: { type } })).toMatchObject({ outcome: type, usage: null })
  })

  test('passes on no word that a column could refuse', () => {
    const line = errored({ type: 'nul\u0000', message: 'm', details: { error_code: '\ud800' } })

    expect(read(line)).toMatchObject({ errorType: null, errorCode: null })
    expect(read(succeeded({ model: 'x'.repeat(201) }))).toMatchObject({ model: null })
  })
})

describe('a malformed line', () => {
  test.each([
    ['nothing', ''],
    ['half a line', '{"custom_id":"a","result":{"ty'],
    ['a list', []],
    ['null', null],
    ['no custom id', { result: { type: 'expired' } }],
    ['a custom id that is no text', { custom_id: 7, result: { type: 'expired' } }],
    ['an empty custom id', { custom_id: '', result: { type: 'expired' } }],
    ['no result', { custom_id: 'a' }],
    ['an unknown outcome', { custom_id: 'a', result: { type: 'paused' } }],
    ['an outcome that is no word', { custom_id: 'a', result: { type: ['expired'] } }],
    ['a success without a message', { custom_id: 'a', result: { type: 'succeeded' } }],
    ['a list as message', { custom_id: 'a', result: { type: 'succeeded', message: [] } }],
  ])('is one with %s', (_, line) => {
    expect(read(line).type).toBe('malformed')
  })

  test('is never made of members that objects have by nature', () => {
    expect(read('{"custom_id":"a","result":{"__proto__":{"type":"expired"}}}').type).toBe(
      'malformed',
    )
  })
})

describe('bytes', () => {
  test('with a byte order mark, a carriage return or bad UTF-8 are read all the same', () => {
    const line = JSON.stringify(succeeded())
    const bad = bytesOf(line.replace('ham', 'h~m')).map((byte) => (byte === 0x7e ? 0xff : byte))

    expect(read(`\ufeff${line}`).type).toBe('line')
    expect(read(`${line}\r`).type).toBe('line')
    expect(readResultLine(bad).type).toBe('line')
  })

  test('of any kind never make it throw, and what it gives is strict', () => {
    const line = fc.oneof(
      fc.json().map(bytesOf),
      fc.uint8Array({ maxLength: 64 }),
      fc
        .record({
          custom_id: fc.string(),
          result: fc.record({
            type: fc.constantFrom('succeeded', 'errored', 'expired'),
            message: fc.jsonValue(),
            error: fc.jsonValue(),
          }),
        })
        .map(bytesOf),
    )
    fc.assert(
      fc.property(line, (bytes) => {
        const reading = readResultLine(bytes)
        if (reading.type === 'malformed') return
        expect(reading.customId).not.toBe('')
        expect(reading.usability === null).toBe(reading.outcome !== 'succeeded')
        for (const word of [reading.stopReason, reading.model, reading.errorType]) {
          expect(word ?? 'x').toMatch(/^[\x20-\x7e]{1,200}$/)
        }
      }),
    )
  })
})
