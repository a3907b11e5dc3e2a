import { expect, test } from 'vitest'
import { forbiddenForms } from '../../src/figures/forbidden-forms.js'
import { parseSource } from '../../src/figures/source-text.js'

function formsIn(text: string): readonly string[] {
  return forbiddenForms(parseSource('file.ts', text)).map(
    ({ measure, line }) => `${line} ${measure}`,
  )
}

test('any is found as a type, and not as a word', () => {
  expect(formsIn('let a: any\nlet b = c as any\nlet d: Map<string, any[]>')).toEqual([
    '1 any or silenced types',
    '2 any or silenced types',
    '3 any or silenced types',
  ])
  expect(formsIn("// any of them\nconst any = 'any'\nany.any()")).toEqual([])
})

test.each(['ignore', 'expect-error', 'nocheck'])(
  'a comment that silences types by %s is found',
  (word) => {
    expect(formsIn(`const a = 1\n  // @ts-${word} because\nconst b = 2`)).toEqual([
      '2 any or silenced types',
    ])
    expect(formsIn(`/* @ts-${word} */`)).toEqual(['1 any or silenced types'])
    expect(formsIn(`// never write @ts-${word} here`)).toEqual([])
  },
)

test('throwing a plain Error is found, with and without new', () => {
  expect(formsIn("throw new Error('x')")).toEqual(['1 plain Error'])
  expect(formsIn("\nthrow Error('x')")).toEqual(['2 plain Error'])
})

test('a member of an error family may be thrown, and a plain Error may be made', () => {
  expect(formsIn("throw new LeaseLostError('x')\nconst cause = new Error('y')")).toEqual([])
})

test('export * is found in both of its forms', () => {
  expect(formsIn("export * from './a.js'\nexport * as b from './b.js'")).toEqual([
    '1 export * or default',
    '2 export * or default',
  ])
})

test.each([
  'export default 1',
  'export default function a() {}',
  'export default class {}',
  'const a = 1\nexport { a as default }',
])('a default export is found once: %s', (text) => {
  expect(formsIn(text)).toHaveLength(1)
})

test('named exports and the default of a switch or an import are fine', () => {
  const text =
    "import a from 'a'\nexport { a }\nswitch (a) { default: a() }\nexport { b } from './b.js'"
  expect(formsIn(text)).toEqual([])
})
