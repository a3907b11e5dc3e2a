import { expect, test } from 'vitest'
import { exportedDeclarations } from '../../src/figures/exported-declarations.js'
import { parseSource } from '../../src/figures/source-text.js'

function documentedIn(text: string): Readonly<Record<string, boolean>> {
  const found = exportedDeclarations(parseSource('file.ts', text))
  return Object.fromEntries(found.map(({ name, isDocumented }) => [name, isDocumented]))
}

test('each kind of exported declaration is listed, documented or not', () => {
  const kinds = [
    'export function a() {}',
    'export class b {}',
    'export interface c {}',
    'export type d = 1',
    'export const e = 1',
    'export const f = 1, g = 2',
    'export abstract class h {}',
  ]
  const names = { a: true, b: true, c: true, d: true, e: true, 'f, g': true, h: true }
  expect(documentedIn(kinds.map((one) => `/** What it is. */\n${one}`).join('\n'))).toEqual(names)
  expect(Object.values(documentedIn(kinds.join('\n')))).toEqual(Array(7).fill(false))
})

test('what is not exported needs no doc block', () => {
  expect(documentedIn('function a() {}\ninterface b {}\nconst c = 1')).toEqual({})
})

test('what is exported by a list is judged where it is declared', () => {
  expect(documentedIn('const a = 1\n/** B. */\nconst b = 2\nexport { a, b as c }')).toEqual({
    a: false,
    b: true,
  })
})

test('what is passed on from another file is judged there', () => {
  expect(documentedIn("export { a } from './a.js'\nexport type { b } from './b.js'")).toEqual({})
})

test('a line comment, an empty block, and a block above a comment are no doc blocks', () => {
  expect(documentedIn('// A.\nexport const a = 1')).toEqual({ a: false })
  expect(documentedIn('/** */\nexport const a = 1')).toEqual({ a: false })
  expect(documentedIn('/* A. */\nexport const a = 1')).toEqual({ a: false })
  expect(documentedIn('/** Of the file. */\n// more\nexport const a = 1')).toEqual({ a: false })
})

test('the overloads of a function need one doc block between them', () => {
  const overloads = 'export function a(x: 1): 1\nexport function a(x: 2): 2\nexport function a() {}'
  expect(documentedIn(`/** Says. */\n${overloads}`)).toEqual({ a: true })
  expect(documentedIn(overloads)).toEqual({ a: false })
})

test('a value and a type of one name need a doc block each', () => {
  const text = '/** Checks it. */\nexport const A = 1\nexport type A = number'
  const found = exportedDeclarations(parseSource('file.ts', text))
  expect(found.map(({ line, isDocumented }) => [line, isDocumented])).toEqual([
    [2, true],
    [3, false],
  ])
})
