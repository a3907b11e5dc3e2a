import { expect, test } from 'vitest'
import { functionLengths } from '../../src/figures/function-lengths.js'
import { parseSource } from '../../src/figures/source-text.js'

function lengthsIn(text: string): readonly [string, number, number][] {
  return functionLengths(parseSource('file.ts', text)).map(({ name, line, lineCount }) => [
    name,
    line,
    lineCount,
  ])
}

test('a function is as long as from its first word to its closing brace, doc block left out', () => {
  expect(lengthsIn('/** Doc. */\nfunction f() {\n  // why\n  return 1\n}\n')).toEqual([['f', 2, 4]])
})

test('a function inside a function counts for itself and for the outer one', () => {
  expect(lengthsIn('function outer() {\n  function inner() {\n  }\n}')).toEqual([
    ['outer', 1, 4],
    ['inner', 2, 2],
  ])
})

test('methods, accessors, constructors and arrows are functions, by the names they have', () => {
  const text = [
    'class A {',
    '  constructor() {}',
    '  get b() { return 1 }',
    '  c() {}',
    '  static d = () => {}',
    '}',
    'const e = () => {}',
    'call(function () {})',
  ].join('\n')
  expect(lengthsIn(text).map(([name]) => name)).toEqual([
    ...['constructor', 'b', 'c', 'd', 'e', '(anonymous)'],
  ])
})

test('an arrow of one expression counts from two lines on', () => {
  expect(lengthsIn('const a = (x) => x.id')).toEqual([])
  expect(lengthsIn('const a = (x) =>\n  x.id')).toEqual([['a', 1, 2]])
})

test('declarations without a body are not functions', () => {
  expect(lengthsIn('interface A { b(): void }\nabstract class C { abstract d(): void }')).toEqual(
    [],
  )
  expect(lengthsIn('type F = () => void\ndeclare function g(): void')).toEqual([])
})
