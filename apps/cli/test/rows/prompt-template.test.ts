import type { InvalidInputError } from '@halfrate/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  checkPlaceholders,
  fillTemplate,
  needPlaceholder,
  parseTemplate,
} from '../../src/rows/prompt-template.js'

function filled(template: string, values: Readonly<Record<string, string>> = {}): string {
  return fillTemplate(parseTemplate('p.txt', template), ({ name }) => values[name] ?? '(none)')
}

function refusal(work: () => unknown): InvalidInputError {
  try {
    work()
  } catch (error) {
    return error as InvalidInputError
  }
  return expect.unreachable('it was taken') as never
}

describe('a template', () => {
  test('takes values exactly and reads none of them again', () => {
    const values = { a: '{{b}}', b: '$& {{{{ }}' }
    expect(filled('<{{a}}|{{ b }}>', values)).toBe('<{{b}}|$& {{{{ }}>')
  })

  test('keeps single braces, and closing ones that end nothing', () => {
    expect(filled('{"a": {{n}}} }} {', { n: '1' })).toBe('{"a": 1} }} {')
  })

  test('has {{{{ for two braces, also right before a placeholder', () => {
    expect(filled('{{{{a}} {{a}}', { a: 'x' })).toBe('{{a}} x')
    expect(filled('{{{{{{a}}', { a: 'x' })).toBe('{{x')
    expect(filled('{{{{{{{{{{a}}', { a: 'x' })).toBe('{{{{x')
  })

  test.for([
    ['three braces', 'a\nb {{{a}}', 2, 'column 3', 'got 3 braces in a row'],
    ['no end', 'x {{a', 1, 'column 3', 'expected }} in the same line'],
    ['an end in another line', '{{a\n}}', 1, 'column 1', 'expected }} in the same line'],
    ['a start inside', '{{a {{b}}', 1, 'column 1', 'expected }} in the same line'],
    ['no name', '{{ }}', 1, 'column 1', 'expected the name of a column'],
    ['no placeholder', 'Say it. {{{{a}}', null, null, 'expected at least one {{column}}'],
  ] as const)('is refused with %s', ([, template, line, field, problem]) => {
    const error = refusal(() => needPlaceholder(parseTemplate('p.txt', template)))
    expect(error.rule).toBe('invalid_template')
    expect(error.place).toEqual({ file: 'p.txt', line, field })
    expect(error.problem).toContain(problem)
  })

  test('names the nearest columns and all there are for one that is none', () => {
    const template = parseTemplate('p.txt', 'Hi\n {{ amuont }}')
    const error = refusal(() => checkPlaceholders(template, ['id', 'amount'], 'claims.csv'))
    expect(error.message).toBe(
      'p.txt:2: column 2: expected the name of a column of claims.csv, got "amuont".',
    )
    expect(error.nextStep).toContain('Did you mean "amount"? claims.csv has "id", "amount".')
  })

  const literal = fc.array(fc.constantFrom('{', '}', '{{', '}}', 'a', '\n', '$1', 'ü', ' '))
  const value = fc.array(fc.constantFrom('{{a}}', '{{{{', '}}', '{', 'x', '\n', '$&')).map(join)

  test('gives back any literal text and any values, whatever braces they have', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(literal.map(join).filter(canBeWritten), value)),
        value,
        (parts, last) => {
          const all = [...parts, ['', last] as const]
          const want = all.map(([text, each]) => `${text}|${each}`).join('|')
          const source = all.map(([text], at) => `${escaped(`${text}|`)}{{v${at}}}`).join('|')
          const values = Object.fromEntries(all.map(([, each], at) => [`v${at}`, each]))
          expect(filled(source, values)).toBe(want)
        },
      ),
    )
  })
})

function join(parts: readonly string[]): string {
  return parts.join('')
}

// Runs of an odd number can't be written.
function canBeWritten(text: string): boolean {
  return [...text.matchAll(/\{{2,}/g)].every(([run]) => run.length % 2 === 0)
}

function escaped(text: string): string {
  return text.replace(/\{{2,}/g, (run) => run + run)
}
