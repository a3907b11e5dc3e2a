import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { checkRooms } from '../../src/rooms/check-rooms.js'
import { type CruiseReport, cruiseHouse } from '../../src/rooms/cruise-house.js'
import { roomOf, WALL_RULES } from '../../src/rooms/wall-rules.js'

// A small house with every room of ours. A file that is named after a rule breaks that rule and no other; all other files
// show what is allowed.
const HOUSE = join(import.meta.dirname, '..', 'fixtures', 'house')

const BUILT = join(import.meta.dirname, '..', '..', 'dist', 'rooms', 'cruise-house.js')

const ruleNames = [...WALL_RULES.map(({ name }) => name), 'every-file-in-a-room']
let report: CruiseReport

beforeAll(async () => {
  report = await cruiseHouse(HOUSE)
})

function rulesBrokenBy(rule: string): readonly string[] {
  return report.violations
    .filter(({ from }) => basename(from, '.ts').split('.').at(-1) === rule)
    .map((found) => found.rule)
}

describe('each wall is seen to fail', () => {
  test.each(ruleNames)('%s is reported for its offender, and nothing else is', (rule) => {
    expect(rulesBrokenBy(rule)).toEqual([rule])
  })
})

test('nothing is reported for a file that breaks no rule', () => {
  const offenders = report.violations.map(({ from }) => basename(from, '.ts').split('.').at(-1))
  expect(offenders.toSorted()).toEqual(ruleNames.toSorted())
})

test('a violation says what is imported and why the wall stands', () => {
  expect(report.violations.find(({ rule }) => rule === 'wall-transports')).toEqual({
    rule: 'wall-transports',
    from: 'packages/transport-http/src/wall-transports.ts',
    to: 'packages/transport-other/src/index.ts',
    comment: expect.stringContaining('packages/transport-*/src/ may import itself, packages/core'),
  })
})

test('a ring is shown the whole way round', () => {
  expect(report.violations.find(({ rule }) => rule === 'no-cycles')?.to).toBe(
    'packages/client/src/ring.ts → packages/client/src/no-cycles.ts',
  )
})

test('every file of the house was read, with its imports', () => {
  expect(report.fileCount).toBeGreaterThan(60)
  expect(report.importCount).toBeGreaterThan(80)
  expect(report.violations.filter(({ rule }) => rule === 'every-file-cruised')).toEqual([])
})

test('a cruiser without the API of TypeScript, which reads nothing and is content, does not pass', () => {
  const withoutTypeScript = `import { registerHooks } from 'node:module'
    registerHooks({ resolve(name, context, next) {
      if (name === 'typescript') throw new TypeError('hidden by the test')
      return next(name, context)
    } })
    const { cruiseHouse } = await import(${JSON.stringify(BUILT)})
    const { fileCount, violations } = await cruiseHouse(${JSON.stringify(HOUSE)})
    const unread = violations.filter(({ rule }) => rule === 'every-file-cruised')
    process.exit(unread.length === fileCount ? 0 : 1)`
  execFileSync(process.execPath, ['--input-type=module', '--eval', withoutTypeScript])
})

test('a house in which nothing was read does not pass', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'empty-house-'))
  try {
    expect(await checkRooms.run(empty)).toMatchObject({ isOk: false })
  } finally {
    rmSync(empty, { recursive: true })
  }
})

test('a package whose name is the start of another name is not mistaken for it', async () => {
  const root = mkdtempSync(join(tmpdir(), 'alike-house-'))
  try {
    for (const name of ['store-sql', 'store-sqlite']) {
      const folder = join(root, 'packages', name)
      mkdirSync(join(folder, 'src'), { recursive: true })
      const manifest = { name: `@halfrate/${name}`, exports: { '.': './dist/index.js' } }
      writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
      writeFileSync(join(folder, 'src', 'index.ts'), 'export const one = 1\n')
    }
    const importer = join(root, 'packages', 'store-sql', 'src', 'wrong.ts')
    writeFileSync(importer, "export { one } from '@halfrate/store-sqlite'\n")
    const { violations } = await cruiseHouse(root)
    expect(violations.map(({ rule, to }) => [rule, to])).toEqual([
      ['wall-store-sql', 'packages/store-sqlite/src/index.ts'],
    ])
  } finally {
    rmSync(root, { recursive: true })
  }
})

test('the earlier of two fitting rooms holds a file, and an unknown folder has none', () => {
  expect(roomOf('packages/store-sql/src/rows.ts')?.name).toBe('store-sql')
  expect(roomOf('packages/store-postgres/src/rows.ts')?.name).toBe('stores')
  expect(roomOf('packages/core/src/utils/text.ts')).toBeNull()
})
