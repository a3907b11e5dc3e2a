import { ConfigError, InvalidInputError, OutputError } from '@halfrate/core'
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

test('an error fits into a terminal, with its code in one piece and a command in one line', () => {
  expect(errorLines(INPUT, 59).join('\n')).toMatchInlineSnapshot(`
    "requests.jsonl:118: params.max_tokens: expected a whole
      number of at least 1, got 0.
      Nothing was sent. Fix the line, then run the same command
      again.   (code invalid_params)"
  `)
  const store = `/data${'/claims'.repeat(10)}/halfrate.db`
  const lost = new ConfigError(
    `there is no store at ${store}.`,
    `Go on with halfrate run claims.jsonl -o out.jsonl --store ${store} there.`,
  )
  expect(errorLines(lost, 59).join('\n')).toMatchInlineSnapshot(`
    "there is no store at
      /data/claims/claims/claims/claims/claims/claims/claims/claims/claims/claims/halfrate.db.
      Go on with
      halfrate run claims.jsonl -o out.jsonl --store /data/claims/claims/claims/claims/claims/claims/claims/claims/claims/claims/halfrate.db
      there.   (code config)"
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
  const lines = errorLines(new TypeError('x is not a function'))
  expect(lines[0]).toContain('TypeError: x is not a function')
  expect(lines.at(-1)).toContain('Nothing that was accepted is lost')
  expect(errorObject(new TypeError('x')).code).toBe('unexpected')
})
