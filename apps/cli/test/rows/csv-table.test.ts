import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { InvalidInputError } from '@halfrate/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openInputFile } from '../../src/input/input-file.js'
import { csvLine, safeCell } from '../../src/output/csv-line.js'
import { csvTable } from '../../src/rows/csv-table.js'
import type { Delimiter } from '../../src/rows/delimiter.js'
import type { TableRow } from '../../src/rows/table.js'
import { temporaryFolder } from '../support/temporary-folder.js'

async function rowsOf(
  bytes: string | Uint8Array,
  delimiter: Delimiter | null = null,
): Promise<readonly TableRow[]> {
  const path = join(temporaryFolder(), 'in.csv')
  writeFileSync(path, bytes)
  const input = await openInputFile(path)
  const rows: TableRow[] = []
  for await (const row of csvTable({ ...input, path: 'in.csv' }, delimiter).read().rows) {
    rows.push(row)
  }
  return rows
}

const valuesOf = async (text: string | Uint8Array, delimiter: Delimiter | null = null) =>
  (await rowsOf(text, delimiter)).map(({ values }) => [...values.values()])

describe('CSV', () => {
  test('has quotes, doubled quotes, line ends in cells, a mark, CRLF and blank lines', async () => {
    const rows = await rowsOf('\ufeff"id", text \r\n1,"a ""b""\r\nc"\r\n\r\n2,\r\n3,x')
    expect(
      rows.map(({ line, number, values }) => [line, number, Object.fromEntries(values)]),
    ).toEqual([
      [2, 1, { id: '1', text: 'a "b"\r\nc' }],
      [5, 2, { id: '2', text: '' }],
      [6, 3, { id: '3', text: 'x' }],
    ])
  })

  test.for<readonly [string, string]>([
    ['a;b\n1,5;2\n', '1,5'],
    ['a\tb\n1,5\t2\n', '1,5'],
    ['a|b\n1,5|2\n', '1,5'],
    ['"a;x",b\n1;5,2\n', '1;5'],
    ['a\n1;5\n', '1;5'],
  ])('has its delimiter told by the header: %j', async ([text, first]) => {
    expect((await valuesOf(text))[0]?.[0]).toBe(first)
  })

  test('has the delimiter that was asked for', async () => {
    expect(await valuesOf('a;b,c\n1;2,3\n', ',')).toEqual([['1;2', '3']])
  })

  test.for([
    ['two delimiters', 'a;b,c\n1;2,3\n', 'in.csv:1: expected one delimiter'],
    ['no header', '\na,b\n', 'in.csv:1: expected the names of the columns, got an empty line.'],
    ['a column without a name', 'a,,b\n', 'in.csv:1: cell 2: expected the name of a column'],
    [
      'a name twice',
      'a,b, a\n1,2,3\n',
      'in.csv:1: cell 3: expected every name once, got "a" in cell 1',
    ],
    [
      'a row that is short',
      'a,b\n"1\n",2\n1\n',
      'in.csv:4: b: expected 2 cells, as many as the header has, got 1.',
    ],
    [
      'a row that is long',
      'a,b\n1,2,3\n',
      'in.csv:2: cell 3: expected 2 cells, as many as the header has, got 3.',
    ],
    [
      'text after a quote',
      'a,b\r\n"1\r\n",2\r\n3,"4"5\r\n',
      'in.csv:4: cell 2: expected , or the end of the row after a closing quote',
    ],
    [
      'a quote inside',
      'a,b\n1,2\n3,x "y"\n',
      'in.csv:3: cell 2: expected a quote only around a whole cell, got one inside "x ".',
    ],
    [
      'a quote that stays open',
      'a,b\n1,2\n"3,4\n5,6\n',
      'in.csv:3: cell 1: expected a closing quote, got the end of the file.',
    ],
    [
      'Latin 1',
      Uint8Array.from([97, 10, 98, 10, 0xe9, 10]),
      'in.csv:3: expected UTF-8, got bytes that are not.',
    ],
    [
      'UTF-16',
      Buffer.from('a,b\n1,2\n', 'utf16le'),
      'in.csv:1: cell 1: expected UTF-8, got what looks like UTF-16.',
    ],
    ['CR alone', 'a,b\r1,2\r', 'in.csv:1: cell 2: expected lines that end in LF or CRLF, got CR.'],
    ['no rows', 'a,b\n', 'in.csv: expected at least one row below the header, got none.'],
    ['an empty line in one column', 'a\n1\n\n2\n', 'in.csv:3: expected a value, got an empty line'],
  ] as const)('is refused with %s', async ([, text, message]) => {
    const error = await rowsOf(text).catch((caught: InvalidInputError) => caught)
    expect((error as InvalidInputError).message).toContain(message)
  })
})

describe('a line of CSV', () => {
  test.for<readonly [string, string]>([
    ['=1+1', "'=1+1"],
    ['+A1', "'+A1"],
    ['-A1', "'-A1"],
    ['@SUM(1)', "'@SUM(1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', "'\r=1"],
    ['＝1', "'＝1"],
    ['-', "'-"],
    ['-12.5', '-12.5'],
    ['+7', '+7'],
    ['-1e-9', '-1e-9'],
    ['-.5', '-.5'],
    ['-1-1', "'-1-1"],
    ['+61 400', "'+61 400"],
    ['-1\n=2', "'-1\n=2"],
    ['a=1', 'a=1'],
    ['', ''],
  ])('holds %j as %j', ([text, safe]) => {
    expect(safeCell(text)).toBe(safe)
  })

  const cell = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom('"', ',', ';', '\r', '\n', '\r\n', 'a', '=', '-1'))
      .map((all) => all.join('')),
  )

  test('is read back as it was written, but for the apostrophes', async () => {
    const table = fc.tuple(
      fc.integer({ min: 2, max: 4 }).chain((width) =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), {
          minLength: 1,
          maxLength: 5,
        }),
      ),
      fc.constantFrom<Delimiter[]>(',', ';', '\t', '|'),
    )
    const folder = temporaryFolder()
    await fc.assert(
      fc.asyncProperty(table, async ([rows, delimiter]) => {
        const header = (rows[0] ?? []).map((_, index) => `c${index}`)
        const text = [header, ...rows].map((cells) => `${csvLine(cells, delimiter)}\r\n`).join('')
        const path = join(folder, 'round.csv')
        writeFileSync(path, text)
        const read: string[][] = []
        const { rows: found } = csvTable(await openInputFile(path), null).read()
        for await (const { values } of found) read.push([...values.values()])
        expect(read).toEqual(rows.map((cells) => cells.map(safeCell)))
      }),
    )
  })
})
