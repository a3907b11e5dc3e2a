import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { apiReport } from '../../src/api/api-report.js'
import { DeclarationFiles } from '../../src/api/declaration-files.js'

const INDEX = "export { open as openStore, type Row } from './store.js';"
const STORE = `import type { Options } from './options.js';
/** Opens it. */
export declare function open(options: Options): Promise<Row>;
export interface Row { readonly key: string; }
export interface Unseen { readonly a: 1; }`
const OPTIONS = 'export interface Options { readonly path: string; }'

function report(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'halfrate-api-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const all = { 'index.d.ts': INDEX, 'store.d.ts': STORE, 'options.d.ts': OPTIONS, ...files }
  for (const [name, text] of Object.entries(all)) {
    const path = join(root, 'one/dist', name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  return apiReport(new DeclarationFiles(root), {
    name: 'one',
    folder: 'one',
    isPublic: true,
    entries: {},
    declarations: { one: './dist/index.d.ts' },
  })
}

test('a page shows what is exported, then what is reached from there, and no doc blocks', () => {
  expect(report({}).split('\n').slice(5)).toEqual([
    '## `one`',
    '',
    '```ts',
    'export interface Row {',
    '    readonly key: string;',
    '}',
    '',
    '// as openStore',
    'export declare function open(options: Options): Promise<Row>;',
    '```',
    '',
    '## Not exported, and reached from there',
    '',
    '```ts',
    'export interface Options {',
    '    readonly path: string;',
    '}',
    '```',
    '',
  ])
})

test('a change of words alone changes no page', () => {
  expect(report({ 'store.d.ts': STORE.replace('Opens it.', 'Opens the store.') })).toBe(report({}))
})

test.for<readonly [string, Readonly<Record<string, string>>]>([
  ['a member that is renamed', { 'store.d.ts': STORE.replace('key', 'id') }],
  [
    'an option of a type that is not exported',
    { 'options.d.ts': OPTIONS.replace('path:', 'path?:') },
  ],
  ['a name that is gone', { 'index.d.ts': INDEX.replace(', type Row', '') }],
  ['a value that became a type', { 'index.d.ts': INDEX.replace('open as', 'type open as') }],
  ['a name of another package', { 'index.d.ts': `${INDEX}\nexport { Key } from 'two';` }],
])('%s changes the page', ([, files]) => {
  expect(report(files)).not.toBe(report({}))
})
