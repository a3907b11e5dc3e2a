import { expect, test } from 'vitest'
import { pageFaults } from '../../src/errors/check-error-page.js'
import { codesInSource, errorClasses } from '../../src/errors/codes-in-source.js'
import { parseSource } from '../../src/figures/source-text.js'

const SOURCES = [
  parseSource(
    'a.ts',
    "type Usability = 'empty'\nexport type EndCode = Usability | 'gone'\ntype Word = 'no'",
  ),
  parseSource(
    'b.ts',
    "throw refusal({ rule: 'too_long' })\nexport class BadError extends Family {}",
  ),
  parseSource(
    'c.ts',
    'export class WorseError extends BadError {}\nexport class Other extends Error {}',
  ),
]

test('codes are the texts of unions called …Code or …Rule, and the rules of errors', () => {
  expect([...codesInSource(SOURCES)].sort()).toEqual(['empty', 'gone', 'too_long'])
})

test('classes of errors are those that come from a family, over any number of steps', () => {
  expect([...errorClasses(SOURCES, ['Family'])]).toEqual(['BadError', 'WorseError'])
})

test('a page with every code and class has no faults', () => {
  const page = '| `gone` | `BadError` | … |\n| `empty` | … |'
  expect(pageFaults(page, new Set(['gone', 'empty']), ['BadError'])).toEqual([])
})

test('a code that the page lacks, one that no source has, and a class that it lacks are faults', () => {
  expect(pageFaults('| `old` | … |', new Set(['new_one']), ['BadError'])).toEqual([
    'docs/errors.md lacks `new_one`',
    'docs/errors.md: no source has `old`',
    'docs/errors.md lacks `BadError`',
  ])
})
