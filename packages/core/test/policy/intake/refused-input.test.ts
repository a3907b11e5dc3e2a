import { describe, expect, test } from 'vitest'
import { emptyInput, LineFeeder } from '../../../src/policy/intake/line-feeder.js'
import { LINE_ADVICE, refused, refusedLine } from './refusal-table.js'

describe('refusals of a whole input', () => {
  test('an empty input', () => {
    const error = emptyInput('requests.jsonl')
    expect(error.rule).toBe('empty_input')
    expect(error.message).toBe('requests.jsonl: expected at least one request, got an empty input.')
    expect(error.nextStep).toBe(
      `Every request stands on one line of its own: {"key": "…", "params": {…}}. Nothing was sent. Fix the file, then run the same command again.`,
    )
  })

  test('a line over the limit is refused before it ends', () => {
    const feeder = new LineFeeder({ file: 'requests.jsonl' })
    const chunk = new Uint8Array(16_000_000).fill(0x20)
    expect([...feeder.push(chunk), ...feeder.push(chunk)]).toEqual([])
    const error = refused(() => [...feeder.push(Uint8Array.of(0x20))])
    expect(error.rule).toBe('line_too_long')
    expect(error.message).toBe(
      'requests.jsonl:1: expected at most 32,000,000 bytes in one line, got more.',
    )
    expect(error.nextStep).toBe(
      `Every request stands on one line of its own, and the provider takes none above 32 MB. ${LINE_ADVICE}`,
    )
  })

  test('a line over the limit is refused without a feeder too', () => {
    expect(refusedLine(new Uint8Array(32_000_001)).rule).toBe('line_too_long')
  })
})
