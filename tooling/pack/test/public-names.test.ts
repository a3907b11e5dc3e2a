import { expect, test } from 'vitest'
import type { Tarball } from '../src/contents/tarball.js'
import { surfaceProgram } from '../src/project/public-names.js'
import { folderWith } from './temporary-folder.js'

function tarball(name: string, declarations: string, peers: Record<string, string> = {}): Tarball {
  const exports = { '.': { types: './dist/index.d.ts', default: './dist/index.js' } }
  return {
    manifest: { name, version: '1.0.0', exports, peerDependencies: peers },
    folder: folderWith({ 'dist/index.d.ts': declarations }),
    path: '',
    bytes: 0,
    files: [],
    unpackedBytes: 0,
  }
}

test('every name is imported once, types as types, and names that two packages have do not meet', () => {
  const program = surfaceProgram([
    tarball(
      'one',
      "export { Store, type Row } from './store.js';\nexport type { Key } from 'two';",
    ),
    tarball('two', "export { open as openStore, Store } from './store.js';"),
  ])
  expect(program.split('\n').slice(0, 2)).toEqual([
    "import { Store as p0_0_Store, type Row as p0_0_Row, type Key as p0_0_Key } from 'one'",
    "import { openStore as p1_0_openStore, Store as p1_0_Store } from 'two'",
  ])
})

test('what needs a test runner around it is imported as types only', () => {
  const suite = tarball('suite', "export { describeStore } from './a.js';", { vitest: '>=5' })
  expect(surfaceProgram([suite])).toContain(
    "import type { describeStore as p0_0_describeStore } from 'suite'",
  )
})
