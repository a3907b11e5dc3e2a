import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listPackages, listTypeScript } from '../src/workspace.js'

const HOUSE = join(import.meta.dirname, 'fixtures', 'house')

test('a package is known by its folder, its name and the source behind each of its entries', () => {
  expect(listPackages(HOUSE).find(({ name }) => name === '@halfrate/core')).toEqual({
    name: '@halfrate/core',
    folder: 'packages/core',
    isPublic: true,
    declarations: {},
    entries: {
      '@halfrate/core': 'packages/core/src/index.ts',
      '@halfrate/core/memory': 'packages/core/src/memory/index.ts',
    },
  })
})

test('packages come in the order of their folders', () => {
  const folders = listPackages(HOUSE).map(({ folder }) => folder)
  expect(folders).toEqual(folders.toSorted())
  expect(folders).toContain('tooling/bench')
})

test('TypeScript files are listed with their paths from the root', () => {
  expect(listTypeScript(HOUSE, 'packages/client/src')).toEqual([
    'packages/client/src/index.ts',
    'packages/client/src/no-cycles.ts',
    'packages/client/src/no-unresolvable-imports.ts',
    'packages/client/src/ring.ts',
    'packages/client/src/wall-client.ts',
  ])
})

test('a folder that does not exist holds nothing', () => {
  expect(listTypeScript(HOUSE, 'packages/client/test')).toEqual([])
})
