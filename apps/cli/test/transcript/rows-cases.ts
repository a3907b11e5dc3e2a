import { ROW_FLAGS } from '../support/rows.js'
import type { ErrorCase, ErrorChapter } from './error-case.js'

const PROMPT = 'Is it urgent? {{text}}\n'
const CSV = 'id,text\n1,a\n'
const MODEL = ['--model', 'claude-haiku-4-5', '--max-tokens', '512']

interface Rows {
  readonly input?: string
  readonly prompt?: string
  readonly flags?: readonly string[]
  readonly about?: string
}

// Claims in CSV unless told otherwise, with the usual prompt.
function rows(title: string, text: string | Uint8Array, more: Rows = {}): ErrorCase {
  const { input = 'claims.csv', prompt = PROMPT, flags = [], about } = more
  return {
    title,
    files: { [input]: text, 'triage.txt': prompt },
    about,
    args: ['run', input, ...ROW_FLAGS, ...flags, '-o', 'out.csv'],
  }
}

/** What can be wrong with rows, prompts and documents. */
export const ROW_ERRORS: ErrorChapter = {
  heading: 'Rows, prompts and documents',
  intro:
    'The rules are in [rows.md](rows.md). Where no prompt is shown, `triage.txt` is `Is it urgent? {{text}}`.',
  cases: [
    rows('A placeholder that is no column', CSV, { prompt: 'Hi\n{{texts}}\n' }),
    rows('A prompt that is the same for every row', CSV, { prompt: 'Is it urgent?\n' }),
    rows('An empty prompt', CSV, { prompt: '\n', about: '`triage.txt` is a blank line.' }),
    rows('Three braces in a row', CSV, { prompt: 'Is it {{{text}}}?\n' }),
    rows('A placeholder that does not end', CSV, { prompt: 'Is it {{text?\n' }),
    rows('A prompt of nothing but space', 'id,text\n1,\n', { prompt: '{{text}}\n' }),
    rows('An empty key', 'id,text\n1,a\n,b\n'),
    rows('A key twice in CSV', 'id,text\n1,"a\n"\n1,b\n'),
    rows('A column without a name', 'id,,text\n1,2,a\n'),
    rows('A column twice', 'id,text,text\n1,a,b\n'),
    rows('Two delimiters in the header', 'id,text;note\n1,a;b\n'),
    rows('A row with too few cells', 'id,text\n1,a\n2\n'),
    rows('A quote that stays open', 'id,text\n1,"a\n2,b\n'),
    rows('A quote in the middle of a cell', 'id,text\n1,a "b" c\n2,b\n'),
    rows('CSV without rows', 'id,text\n'),
    rows('CSV that is no UTF-8', Buffer.from('id,text\n1,caf\xe9\n', 'latin1'), {
      about: '`claims.csv` is in Latin-1, and its second line has `café` in it.',
    }),
    rows('A JSON row without a value', '{"id":"a","text":"x"}\n{"id":"b"}\n', {
      input: 'claims.jsonl',
    }),
    rows('A request in place of a row', '{"key":"a","params":{"model":"x"}}\n', {
      input: 'claims.jsonl',
    }),
    rows('A JSON row that is no object', '[1]\n', { input: 'claims.jsonl' }),
    {
      title: 'No prompt for rows',
      files: { 'claims.csv': CSV },
      args: ['run', 'claims.csv', '-o', 'out.csv'],
    },
    {
      title: 'A model for rows without a prompt',
      files: { 'claims.csv': CSV },
      args: ['run', 'claims.csv', ...MODEL, '-o', 'out.csv'],
    },
    {
      title: 'A model for requests',
      files: { 'claims.jsonl': '{"key":"a","params":{"model":"x"}}\n' },
      args: ['run', 'claims.jsonl', ...MODEL, '-o', 'out.csv'],
    },
    {
      title: 'A prompt without a model',
      files: { 'claims.csv': CSV, 'triage.txt': PROMPT },
      args: ['run', 'claims.csv', '--prompt', 'triage.txt', '-o', 'out.csv'],
    },
    {
      title: 'A prompt that is not there',
      files: { 'claims.csv': CSV },
      args: ['run', 'claims.csv', '--prompt', 'no.txt', ...MODEL, '-o', 'out.csv'],
    },
    rows('A key column that is none', CSV, { flags: ['--key-column', 'ids'] }),
    rows('A delimiter that is none', CSV, { flags: ['--delimiter', 'x'] }),
    rows('A delimiter for JSON', '{"id":"a","text":"x"}\n', {
      input: 'claims.jsonl',
      flags: ['--delimiter', ';'],
    }),
    {
      title: 'A name that tells nothing',
      files: { claims: CSV, 'triage.txt': PROMPT },
      args: ['run', 'claims', ...ROW_FLAGS, '-o', 'out.csv'],
    },
    {
      title: 'A pattern that finds nothing',
      files: { 'triage.txt': PROMPT },
      about: 'There is no folder `docs`.',
      args: ['run', 'docs/*.md', ...ROW_FLAGS, '-o', 'out.csv'],
    },
    {
      title: 'A document without a text',
      files: { 'empty.md': ' \n', 'triage.txt': PROMPT },
      about: '`empty.md` is a blank line.',
      args: ['run', '*.md', ...ROW_FLAGS, '-o', 'out.csv'],
    },
    {
      title: 'A document that is neither text nor PDF nor picture',
      files: { 'claim.docx': Buffer.from('PK\x03\x04\xff', 'latin1'), 'triage.txt': PROMPT },
      about: '`claim.docx` is a file of Word.',
      args: ['run', '*.docx', ...ROW_FLAGS, '-o', 'out.csv'],
    },
    {
      title: 'A PDF that no message can hold',
      files: { 'a.pdf': Buffer.alloc(24_000_001, '%PDF-1.7 '), 'triage.txt': PROMPT },
      about: '`a.pdf` has 24,000,001 bytes.',
      args: ['run', '*.pdf', ...ROW_FLAGS, '-o', 'out.csv'],
    },
    rows('A column of files that is none', 'id,scan\n1,a.pdf\n', {
      flags: ['--attach', 'scans'],
      prompt: 'Is it urgent?\n',
    }),
    rows('A file that is not there', 'id,scan\n1,a.pdf\n', {
      flags: ['--attach', 'scan'],
      prompt: 'Is it urgent?\n',
    }),
    rows('A row without its file', 'id,scan\n1,\n', {
      flags: ['--attach', 'scan'],
      prompt: 'Is it urgent?\n',
    }),
    rows('A file that is a text', 'id,scan\n1,triage.txt\n', {
      flags: ['--attach', 'scan'],
      prompt: 'Is it urgent?\n',
    }),
    {
      title: 'A column of files for documents',
      files: { 'note.md': 'a', 'triage.txt': PROMPT },
      args: ['run', '*.md', ...ROW_FLAGS, '--attach', 'scan', '-o', 'out.csv'],
    },
    {
      title: 'A pattern without a name for the job',
      files: { 'note.md': 'a', 'triage.txt': PROMPT },
      args: ['run', '*.md', ...ROW_FLAGS, '-o', '-'],
    },
  ],
}
