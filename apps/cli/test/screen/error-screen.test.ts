import { InvalidInputError, OutputError } from '@halfrate/core'
import { expect, test } from 'vitest'
import { errorLines, errorObject } from '../../src/screen/error-screen.js'

const INPUT = new InvalidInputError({
  place: { file: 'requests.jsonl', line: 118, field: 'params.max_tokens' },
  rule: 'invalid_params',
  problem: 'expected a whole number of at least 1, got 0.',
  nextStep: 'Nothing was sent. Fix the line, then run the same command again.',
})

test('an error says where, what, what to do, and its code', () => {
  expect(errorLines(INPUT).join('\n')).toMatchInlineSnapshot(`
    "requests.jsonl:118: params.max_tokens: expected a whole number of at least 1, got 0.
      Nothing was sent. Fix the line, then run the same command again.   (code invalid_params)"
  `)
})

test('what comes from outside moves no cursor and colours nothing', () => {
  const place = { file: 'a\u001b[31m.jsonl', line: 1, field: null }
  const [first] = errorLines(
    new InvalidInputError({ place, rule: 'invalid_json', problem: 'x', nextStep: 'y' }),
  )
  expect(first).toBe('a\\u001b[31m.jsonl:1: x')
})

test('an error is one object for programs', () => {
  expect(errorObject(INPUT)).toMatchInlineSnapshot(`
    {
      "code": "invalid_params",
      "field": "params.max_tokens",
      "file": "requests.jsonl",
      "line": 118,
      "message": "requests.jsonl:118: params.max_tokens: expected a whole number of at least 1, got 0.",
      "next_step": "Nothing was sent. Fix the line, then run the same command again.",
      "type": "error",
    }
  `)
  expect(errorObject(new OutputError('-o x: it is a directory.', 'Name a file.')).code).toBe(
    'output',
  )
})

test('what nobody expected is told with its trace and without a promise broken', () => {
  const [first, second] = errorLines(new TypeError('x is not a function'))
  expect(first).toContain('TypeError: x is not a function')
  expect(second).toContain('Nothing that was accepted is lost')
  expect(errorObject(new TypeError('x')).code).toBe('unexpected')
})
