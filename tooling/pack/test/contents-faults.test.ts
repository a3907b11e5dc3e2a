import { describe, expect, test } from 'vitest'
import { contentsFaults } from '../src/contents/contents-faults.js'
import type { Manifest } from '../src/packages.js'

const FILES: Readonly<Record<string, string>> = {
  'package.json': '{}',
  'README.md': '# one',
  LICENSE: 'MIT',
  'dist/index.js': 'export {}',
  'dist/index.js.map': '{"sources":["../src/index.ts"]}',
  'dist/index.d.ts': 'export {}',
  'dist/main.js': '#!/usr/bin/env node\n',
  'src/index.ts': 'export {}',
  'src/main.ts': '',
}

const MANIFEST: Manifest = {
  name: 'one',
  version: '1.0.0',
  bin: { one: './dist/main.js' },
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
  engines: { node: '>=22.18' },
  dependencies: { two: '1.0.0' },
}

function faults(
  files: Readonly<Record<string, string | null>>,
  manifest: Partial<Manifest> = {},
): readonly string[] {
  const all = Object.entries({ ...FILES, ...files }).filter(([, text]) => text !== null)
  const texts = new Map(all as [string, string][])
  return contentsFaults({
    manifest: { ...MANIFEST, ...manifest },
    files: [...texts.keys()],
    read: (file) => texts.get(file) ?? '',
  })
}

test('a tarball with all that users need has no faults', () => {
  expect(faults({})).toEqual([])
})

describe('a tarball has a fault when', () => {
  test.for<readonly [string, readonly string[], string]>([
    ['it has no README', faults({ 'README.md': null }), 'README.md is missing'],
    ['it has no licence', faults({ LICENSE: null }), 'LICENSE is missing'],
    ['a test is in it', faults({ 'src/test/one.ts': '' }), 'src/test/one.ts is not for users'],
    [
      'notes of the compiler are in it',
      faults({ 'tsconfig.tsbuildinfo': '' }),
      'tsconfig.tsbuildinfo is not for users',
    ],
    [
      'an earlier build left a file in it',
      faults({ 'dist/old.d.ts': '' }),
      'dist/old.d.ts: no source in the tarball makes it',
    ],
    [
      'a map leads to a source that is missing',
      faults({ 'dist/index.js.map': '{"sources":["../src/other.ts"]}' }),
      'dist/index.js.map: its source ../src/other.ts is missing',
    ],
    [
      'what can be imported is not there',
      faults({ 'dist/index.d.ts': null }),
      'exports["."]: there is no ./dist/index.d.ts',
    ],
    [
      'a condition stands before the types',
      faults({}, { exports: { '.': { default: './dist/index.js', types: './dist/index.d.ts' } } }),
      'exports["."]: types must stand first',
    ],
    [
      'nothing can be imported',
      faults({}, { exports: {} }),
      'package.json: nothing can be imported',
    ],
    [
      'a command is no script',
      faults({ 'dist/main.js': 'run()' }),
      'bin.one: ./dist/main.js does not begin with #!/usr/bin/env node',
    ],
    [
      'a dependency is a folder of ours',
      faults({}, { dependencies: { two: 'workspace:*' } }),
      'package.json: two is workspace:*, which nobody else has',
    ],
    [
      'it does not say which Node it needs',
      faults({}, { engines: {} }),
      'package.json: engines.node is missing',
    ],
  ])('%s', ([, found, fault]) => {
    expect(found).toEqual([fault])
  })
})
