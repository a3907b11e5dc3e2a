import { expect, test } from 'vitest'
import { figuresTable } from '../../src/figures/figures-table.js'
import { measurePackage } from '../../src/figures/package-figures.js'
import { parseSource } from '../../src/figures/source-text.js'

test('the table has a row for each package under one head, and columns that line up', () => {
  const text = '/** A. */\nexport const a = 1\nexport const b: any = () => {\n}\n'
  const source = parseSource('packages/long-name/src/a.ts', text)
  const table = figuresTable([
    measurePackage('packages/long-name', [source], ['x\ny\n']),
    measurePackage('total', [], []),
  ])
  expect(`\n${table}\n`).toBe(`
                    files  lines  median  max  functions  median  max  documented  any  reads  Error  export *  tests ÷ source
packages/long-name      1      4       4    4          1       2    2        50 %    1      0      0         0             0.5
total                   0      0       0    0          0       0    0           –    0      0      0         0             0.0
`)
})
