import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cutSpan } from '../../../src/policy/results/json-span.js'
import { resultSpans } from '../../../src/policy/results/result-spans.js'
import { bytesOf, message, succeeded, textOf } from './arrange.js'

function parts(line: unknown): { result: string; message: string; usage: string } {
  const bytes = line instanceof Uint8Array ? line : bytesOf(line)
  const spans = resultSpans(bytes)
  return {
    result: textOf(cutSpan(bytes, spans.result)),
    message: textOf(cutSpan(bytes, spans.message)),
    usage: textOf(cutSpan(bytes, spans.usage)),
  }
}

describe('the parts of a line', () => {
  test('are the very bytes that came, spaces and escapes and all', () => {
    const usage = '{ "input_tokens" : 1 }'
    const inner = `{"content":[{"text":"\\u0000\\ud800 \\"}{\\\\"}],\t"usage":${usage} }`
    const line = `\ufeff {"result" : {"message": ${inner} , "type":"succeeded"}, "custom_id":"a"}\r`

    expect(parts(line)).toEqual({
      result: `{"message": ${inner} , "type":"succeeded"}`,
      message: inner,
      usage,
    })
  })

  test('are found under names that are written with escapes', () => {
    const line = '{"r\\u0065sult":{"m\\u0065ssage":{"us\\u0061ge":{"a":1}}}}'

    expect(parts(line)).toMatchObject({ usage: '{"a":1}' })
  })

  test('are those of the last member of a name, as for JSON.parse', () => {
    const line = '{"result":{"message":{"usage":1}},"result":{"message":{"usage":2},"message":{}}}'

    expect(parts(line)).toEqual({
      result: '{"message":{"usage":2},"message":{}}',
      message: '{}',
      usage: 'null',
    })
  })

  test('of a member that the last of its name lacks are not there', () => {
    const line = '{"result":{"message":{"usage":1}},"result":{"type":"expired"}}'

    expect(parts(line)).toEqual({ result: '{"type":"expired"}', message: 'null', usage: 'null' })
    expect(parts('{"result":{"message":{"usage":1}},"result":7}').message).toBe('null')
  })

  test('are not those of the same names deeper inside', () => {
    const content = [{ type: 'tool_use', input: { usage: 'no', message: 'no', result: 'no' } }]
    const line = succeeded({ content })

    expect(JSON.parse(parts(line).usage)).toEqual(message().usage)
  })

  test('say the same as JSON.parse for any values and any spaces between them', () => {
    const value = fc.jsonValue({ maxDepth: 3 })
    const line = fc.record({
      before: value,
      result: fc.record({ x: value, message: fc.record({ y: value, usage: value, z: value }) }),
      after: value,
    })
    fc.assert(
      fc.property(line, fc.constantFrom(undefined, 1, '\t'), (parsed, space) => {
        const found = parts(JSON.stringify(parsed, null, space))
        const again = JSON.parse(JSON.stringify(parsed)) as typeof parsed
        expect(JSON.parse(found.result)).toEqual(again.result)
        expect(JSON.parse(found.message)).toEqual(again.result.message)
        expect(JSON.parse(found.usage)).toEqual(again.result.message.usage)
      }),
    )
  })

  test('of bytes that are no JSON end inside them', () => {
    const torn = bytesOf(succeeded())
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.nat(torn.length).map((length) => torn.subarray(0, length)),
    )
    fc.assert(
      fc.property(bytes, (line) => {
        for (const span of Object.values(resultSpans(line))) {
          if (span === null) continue
          expect(span.start).toBeLessThanOrEqual(span.end)
          expect(span.end).toBeLessThanOrEqual(line.length)
        }
      }),
    )
  })
})
