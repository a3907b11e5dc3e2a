import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const GUIDE = join(import.meta.dirname, '../../docs/testing.md')

test('what the guide shows is what runs here', () => {
  const blocks = readFileSync(GUIDE, 'utf8').matchAll(/```ts\n\/\/ (\S+)\n([^`]*)```/g)
  const shown = [...blocks].map(([, file = '', code = '']) => ({ file, code }))
  expect(shown.length).toBe(readFileSync(GUIDE, 'utf8').split('```ts').length - 1)
  for (const { file, code } of shown) {
    expect(readFileSync(join(import.meta.dirname, file), 'utf8'), file).toContain(code)
  }
})
