import { expect, test } from 'vitest'
import {
  countOf,
  measurePackage,
  medianOf,
  mediansOverBar,
  type PackageFigures,
  totalOf,
} from '../../src/figures/package-figures.js'
import { parseSource } from '../../src/figures/source-text.js'

function packageOf(...texts: readonly string[]): PackageFigures {
  const sources = texts.map((text, index) => parseSource(`packages/a/src/${index}.ts`, text))
  return measurePackage('packages/a', sources, ['1\n2\n3\n'])
}

const linesOf = (count: number): string => '//\n'.repeat(count)
const functionOf = (lineCount: number): string => `function f() {\n${linesOf(lineCount - 2)}}\n`

test('a file of 350 lines is within the bar and one of 351 is not', () => {
  expect(packageOf(linesOf(350)).findings).toEqual([])
  expect(packageOf(linesOf(351)).findings).toEqual([
    { path: 'packages/a/src/0.ts', line: 1, measure: 'file too long', detail: '351 lines' },
  ])
})

test('a function of 60 lines is within the bar and one of 61 is not', () => {
  expect(packageOf(functionOf(60)).findings).toEqual([])
  expect(packageOf(`\n${functionOf(61)}`).findings).toEqual([
    {
      path: 'packages/a/src/0.ts',
      line: 2,
      measure: 'function too long',
      detail: 'f has 61 lines',
    },
  ])
})

test('an export without a doc block is a finding at its line', () => {
  const figures = packageOf('/** A. */\nexport const a = 1\nexport const b = 2\n')
  expect(figures.exportCount).toBe(2)
  expect(figures.findings).toEqual([
    { path: 'packages/a/src/0.ts', line: 3, measure: 'undocumented export', detail: 'b' },
  ])
})

test('the median file and the median function are held to the bar too', () => {
  expect(mediansOverBar(packageOf(linesOf(121), linesOf(121), linesOf(1)))).toEqual([
    'packages/a: the median file has 121 lines; at most 120',
  ])
  expect(mediansOverBar(packageOf(functionOf(16)))).toEqual([
    'packages/a: the median function has 16 lines; at most 15',
  ])
  expect(mediansOverBar(packageOf(linesOf(120), functionOf(15)))).toEqual([])
})

test('the total is taken over all files, not over the packages', () => {
  const total = totalOf([packageOf(linesOf(1)), packageOf(linesOf(5), 'let a: any\n')])
  expect(total.fileLines).toEqual([1, 5, 1])
  expect(total.testLineCount).toBe(6)
  expect(countOf(total, 'any or silenced types')).toBe(1)
})

test('the median is the middle one, or half way between the two in the middle', () => {
  expect([medianOf([]), medianOf([3]), medianOf([9, 1, 2]), medianOf([4, 1, 2, 9])]).toEqual([
    ...[0, 3, 2, 3],
  ])
})
