import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { collectDocuments } from '../../src/demo/collect-documents.js'
import { temporaryFolder } from '../support/temporary-folder.js'

function installed(root: string, path: string, files: Readonly<Record<string, string>>): void {
  const folder = join(root, path)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}

const manifest = (name: string): string => JSON.stringify({ name, version: '1.0.0' })

test('finds documents of flat, scoped and pnpm packages, each text once, cut between characters', async () => {
  const root = temporaryFolder()
  installed(root, 'node_modules/flat', {
    'package.json': manifest('flat'),
    'README.md': 'flat',
    'docs/guide.md': 'guide',
    'index.js': 'no',
  })
  installed(root, 'node_modules/twin', {
    'package.json': manifest('twin'),
    'README.md': 'flat',
  })
  installed(root, 'node_modules/@scope/one', {
    'package.json': manifest('@scope/one'),
    'readme.ja.md': '日'.repeat(50_000),
  })
  installed(root, 'node_modules/.pnpm/deep@1.0.0/node_modules/deep', {
    'package.json': manifest('deep'),
    README: 'deep',
  })
  const found = await collectDocuments(join(root, 'apps/cli/dist'))
  const outside = found.filter(({ text }) => !['flat', 'guide', 'deep'].includes(text))
  expect(found.map(({ key }) => key)).toEqual(
    expect.arrayContaining([
      '@scope/one@1.0.0/readme.ja.md',
      'deep@1.0.0/README',
      'flat@1.0.0/docs/guide.md',
    ]),
  )
  expect(found.filter(({ text }) => text === 'flat')).toHaveLength(1)
  expect(outside.find(({ key }) => key.startsWith('@scope'))?.text).toBe('日'.repeat(33_333))
})
