import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sweepBuilt } from '../src/contents/sweep-built.js'
import { folderWith } from './temporary-folder.js'

test('what no source makes is removed from dist, and the rest stays', () => {
  const folder = folderWith({
    'src/a/kept.ts': '',
    'dist/a/kept.js': '',
    'dist/a/kept.js.map': '',
    'dist/a/kept.d.ts': '',
    'dist/a/gone.js': '',
    'dist/a/gone.d.ts.map': '',
  })
  expect(sweepBuilt(folder)).toEqual(['dist/a/gone.d.ts.map', 'dist/a/gone.js'])
  expect(existsSync(join(folder, 'dist/a/kept.js.map'))).toBe(true)
  expect(existsSync(join(folder, 'dist/a/gone.js'))).toBe(false)
  expect(sweepBuilt(folder)).toEqual([])
})
