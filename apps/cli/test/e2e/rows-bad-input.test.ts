import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { halfrate, startTestEmulator, type TestEmulator } from '../support/cli.js'
import { ROW_FLAGS, rowsPlace } from '../support/rows.js'

let claude: TestEmulator
let stop: () => Promise<void>

beforeAll(async () => {
  claude = await startTestEmulator(undefined, (end) => {
    stop = end
  })
})

// Whatever was refused here, nothing of it may have reached the provider.
afterAll(async () => {
  expect(await claude.ledger('posts')).toEqual([])
  await stop()
})

const LINE = 'Nothing was sent. Fix the line, then run the same command again.'
const FILE = 'Nothing was sent. Fix the file, then run the same command again.'
const PROMPT = 'Is it urgent? {{text}}'

interface BadRows {
  readonly name: string
  readonly input: string
  readonly text: string | Uint8Array
  readonly prompt?: string
  readonly message: string
}

const BAD: readonly BadRows[] = [
  {
    name: 'a placeholder that is no column',
    input: 'in.csv',
    text: 'id,text\n1,a\n',
    prompt: 'Hi\n{{texts}}',
    message: `triage.txt:2: column 1: expected the name of a column of in.csv, got "texts".\n  Did you mean "text"? in.csv has "id", "text". ${LINE}   (code unknown_column)`,
  },
  {
    name: 'a prompt that is the same for every row',
    input: 'in.csv',
    text: 'id,text\n1,a\n',
    prompt: 'Hi',
    message: `triage.txt: expected at least one {{column}}, got none: every request would ask the same.\n  Say where a value goes, such as {{text}}. A PDF or a picture needs none, nor do rows with --attach. ${FILE}   (code invalid_template)`,
  },
  {
    name: 'a prompt that is empty',
    input: 'in.csv',
    text: 'id,text\n1,a\n',
    prompt: '\n',
    message: `triage.txt: expected a prompt, got an empty file.\n  Write what Claude is asked about a row, with {{column}} where a value goes. ${FILE}   (code invalid_template)`,
  },
  {
    name: 'an empty key',
    input: 'in.csv',
    text: 'id,text\n1,a\n,b\n',
    message: `in.csv:3: id: expected the key of the row, got an empty one.\n  Every row needs a key of its own. --key-column names another column; # numbers the rows. ${LINE}   (code missing_key)`,
  },
  {
    name: 'a key twice',
    input: 'in.csv',
    text: 'id,text\n1,"a\n"\n1,b\n',
    message: `in.csv:4: key: expected every key once, got "1" in lines 2 and 4.\n  A key names one request of a job. ${LINE}   (code repeated_key)`,
  },
  {
    name: 'a prompt of nothing but space',
    input: 'in.csv',
    text: 'id,text\n1,\n',
    prompt: '{{text}}',
    message: `in.csv:2: expected a prompt, got nothing but space: the values that it takes are empty.\n  Claude refuses an empty prompt. ${LINE}   (code empty_prompt)`,
  },
  {
    name: 'a ragged row at the end of many',
    input: 'in.csv',
    text: `id,text\n${Array.from({ length: 5_000 }, (_, index) => `${index},a\n`).join('')}x\n`,
    message: `in.csv:5002: text: expected 2 cells, as many as the header has, got 1.\n  A cell with the delimiter in it stands in quotes. ${LINE}   (code ragged_row)`,
  },
  {
    name: 'bytes that are no UTF-8',
    input: 'in.csv',
    text: Uint8Array.from([...Buffer.from('id,text\n1,caf'), 0xe9, 0x0a]),
    message: 'in.csv:2: expected UTF-8, got bytes that are not.\n',
  },
  {
    name: 'a quote that stays open',
    input: 'in.csv',
    text: 'id,text\n1,"a\n2,b\n',
    message: 'in.csv:2: cell 2: expected a closing quote, got the end of the file.\n',
  },
  {
    name: 'a JSON row without a value',
    input: 'in.jsonl',
    text: '{"id":"a","text":"x"}\n{"id":"b"}\n',
    message: `in.jsonl:2: text: expected a value for {{text}} of triage.txt:1:15, got none.\n  Rows before it have one; null or "" says that there is none. ${LINE}   (code missing_column)`,
  },
  {
    name: 'a request in place of a row',
    input: 'in.jsonl',
    text: '{"key":"a","params":{"model":"x"}}\n',
    message: 'in.jsonl:1: params: expected a row, got a request of a batch',
  },
  {
    name: 'JSON that is no object',
    input: 'in.jsonl',
    text: '[1]\n',
    message: '(code invalid_json)',
  },
]

describe('rows that can’t be taken are one clear error, and nothing is sent', () => {
  test.for(BAD)('$name', async ({ input, text, prompt, message }) => {
    const { folder, run } = await rowsPlace(
      { [input]: text, 'triage.txt': prompt ?? PROMPT },
      claude,
    )
    const { code, stdout, stderr } = await run(input, '-o', 'out.csv')
    expect(stderr).toContain(message)
    expect([code, stdout]).toEqual([1, ''])
    expect(existsSync(join(folder, 'out.csv'))).toBe(false)
    const { stderr: work } = await halfrate(['work', '--once', ...claude.flags], { cwd: folder })
    expect(work).toMatch(/nothing is due|there is no store/)
  })
})

describe('flags that can’t be used are one clear error, and nothing is made', () => {
  const refused = async (...args: readonly string[]): Promise<string> => {
    const files = { 'in.csv': 'id,text\n1,a\n', 'triage.txt': PROMPT, 'in.txt': 'a' }
    const { folder } = await rowsPlace(files, claude)
    mkdirSync(join(folder, 'docs'))
    writeFileSync(join(folder, 'docs/latin.md'), Uint8Array.of(0xe9))
    writeFileSync(join(folder, 'docs/empty.txt'), ' \n')
    const { code, stderr } = await halfrate(['run', ...args, ...claude.flags], { cwd: folder })
    expect(code).toBe(1)
    return stderr
  }
  const model = ['--model', 'claude-haiku-4-5', '--max-tokens', '5']
  const out = ['-o', 'out.csv']

  test.for<readonly [string, readonly string[], string]>([
    [
      'no model',
      ['in.csv', '--prompt', 'triage.txt', ...out],
      '--prompt needs --model NAME and --max-tokens N too',
    ],
    [
      'no --max-tokens',
      ['in.csv', '--prompt', 'triage.txt', '--model', 'm', ...out],
      '--prompt needs --max-tokens N too',
    ],
    [
      'max_tokens 0',
      ['in.csv', '--prompt', 'triage.txt', '--model', 'm', '--max-tokens', '0', ...out],
      '--max-tokens: expected a whole number from 1',
    ],
    [
      'no prompt for CSV',
      ['in.csv', ...out],
      '--prompt: expected a file with the prompt for the rows of in.csv, got none.',
    ],
    [
      'a model for requests',
      ['in.jsonl', '--model', 'm', ...out],
      '--model goes with --prompt, for an input of rows or documents.\n  Add --prompt FILE if the input is that, or leave it out',
    ],
    [
      'a model for CSV without a prompt',
      ['in.csv', '--model', 'm', ...out],
      '--prompt: expected a file with the prompt for the rows of in.csv, got none.\n  Add --prompt FILE --max-tokens N;',
    ],
    [
      'two files of rows',
      ['in.txt', 'in.csv', ...ROW_FLAGS, ...out],
      'expected one input of rows, got 2, among them in.csv.\n  Name one of them, or add --input-format documents',
    ],
    [
      'many files of requests',
      ['a.jsonl', 'b.jsonl', 'c.jsonl', ...out],
      'expected one file of requests, got 3, the first of them a.jsonl.\n  Name one, or make a request of each document with --prompt',
    ],
    [
      'one of many documents that is not there',
      ['in.txt', 'no.txt', ...ROW_FLAGS, ...out, '--job', 'docs'],
      'no.txt: expected files, found none.',
    ],
    [
      'a prompt that is not there',
      ['in.csv', '--prompt', 'no.txt', ...model, ...out],
      'no.txt: there is no such file.',
    ],
    [
      'an output that is the prompt',
      ['in.csv', ...ROW_FLAGS, '-o', 'triage.txt'],
      '-o triage.txt: it is the input file.',
    ],
    [
      'a key column that is none',
      ['in.csv', ...ROW_FLAGS, ...out, '--key-column', 'ids'],
      '--key-column: expected the name of a column of in.csv, got "ids".\n  Did you mean "id"?',
    ],
    [
      'a key column without a name',
      ['in.csv', ...ROW_FLAGS, ...out, '--key-column', ''],
      '--key-column: expected the name of a column, got nothing.',
    ],
    [
      'a name that tells nothing',
      ['in.txt', ...ROW_FLAGS, ...out],
      '--input-format: expected csv, jsonl or documents for in.txt',
    ],
    [
      'standard input without a format',
      ['-', ...ROW_FLAGS, ...out],
      '--input-format: expected csv or jsonl for standard input',
    ],
    [
      'a pattern of rows',
      ['*.csv', ...ROW_FLAGS, ...out],
      '*.csv: a pattern finds documents, and its ending is that of rows.',
    ],
    [
      'a pattern that finds nothing',
      ['no/*.md', ...ROW_FLAGS, ...out],
      'no/*.md: expected files, found none.',
    ],
    [
      'a document that is no UTF-8',
      ['docs/*.md', ...ROW_FLAGS, ...out],
      'docs/latin.md: expected a PDF, PNG, JPEG, GIF or WebP, or a text in UTF-8, got neither.',
    ],
    [
      'a document without a text',
      ['docs/*.txt', ...ROW_FLAGS, ...out],
      'docs/empty.txt: expected a text, got nothing but space.',
    ],
    [
      'a pattern without a name for the job',
      ['docs/*.txt', ...ROW_FLAGS, '-o', '-'],
      '--job: expected the name of a job, which neither a pattern nor standard output has.',
    ],
    [
      'a key column of documents',
      ['docs/*.md', ...ROW_FLAGS, ...out, '--key-column', 'name'],
      '--key-column is for rows; a document has its path as key.',
    ],
    [
      'a delimiter for JSON',
      ['in.jsonl', ...ROW_FLAGS, ...out, '--delimiter', ';'],
      '--delimiter is for CSV.',
    ],
    [
      'a delimiter that is none',
      ['in.csv', ...ROW_FLAGS, ...out, '--delimiter', 'x'],
      '--delimiter: expected , or ; or | or tab, got "x".',
    ],
  ])('%s', async ([, args, message]) => {
    expect(await refused(...args)).toContain(message)
  })
})
