import { expect, test } from 'vitest'
import { bannedText } from '../../src/tracked/tracked-text.js'

// Written in two pieces, so that this file does not hold what it is about.
const UNDONE = ['TO', 'DO'].join('')
const HOST = ['registry', 'example', 'org'].join('.')
const path = (...folders: readonly string[]): string => ['', ...folders].join('/')

const linesBanned = (file: string, text: string): readonly number[] =>
  bannedText(file, text).map(({ line }) => line)

test.each([
  `see ${HOST}/left-pad`,
  `https://npm.${HOST}/a`,
  `${'registry'}=http://127.0.0.1:4873/`,
  `"${'registry'}": "https://npm.example.org"`,
])('a package registry is not named: %s', (text) => {
  expect(linesBanned('docs/install.md', `\n${text}`)).toEqual([2])
})

test.each([path('home', 'ann', 'app'), path('root', '.cache'), path('work', 'main')])(
  'a path of a machine is not named: %s',
  (text) => {
    expect(linesBanned('docs/a.md', `cd ${text}`)).toEqual([1])
    expect(linesBanned('src/a.ts', `open('${text}')`)).toEqual([1])
  },
)

test('addresses, relative paths and words that look alike are fine', () => {
  const text =
    'https://example.com/home/a\n../home/main\npackages/build/x\nthe npm registry\n/v1/messages'
  expect(linesBanned('docs/a.md', text)).toEqual([])
})

test('a host of an internal network is not named', () => {
  expect(linesBanned('README.md', `http${'://'}ci.corp/job`)).toEqual([1])
  expect(linesBanned('README.md', 'https://example.com/')).toEqual([])
})

test('a lockfile holds no address, its deprecation notes aside', () => {
  const text = `  transport-http:\n  tarball: https${'://'}a.example/b.tgz\n  deprecated: see https${'://'}b.example`
  expect(linesBanned('pnpm-lock.yaml', text)).toEqual([2])
  expect(linesBanned('README.md', text)).toEqual([])
})

test('undone work in words is found in sources, docs and scripts, as a word of its own', () => {
  for (const file of ['src/a.ts', 'docs/a.md', '.ci/run', '.github/workflows/ci.yml']) {
    expect(linesBanned(file, `// ${UNDONE}: later`)).toEqual([1])
  }
  expect(linesBanned('src/a.ts', `const ${UNDONE}S = 1\n// what there is to do`)).toEqual([])
})
