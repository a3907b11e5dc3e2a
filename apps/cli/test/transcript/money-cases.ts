import type { ErrorChapter } from './error-case.js'

const USAGE = { input_tokens: 900, output_tokens: 90 }
const LOG = { 'usage.jsonl': `${JSON.stringify({ model: 'claude-opus-5', usage: USAGE })}\n` }
const REPORT = {
  data: [
    {
      starting_at: '2026-11-20T00:00:00Z',
      ending_at: '2026-11-21T00:00:00Z',
      results: [{ model: 'claude-opus-5', uncached_input_tokens: 9, output_tokens: 9 }],
    },
  ],
  has_more: false,
  next_page: null,
}
const GOOD = 'The log is good.'
const AUDIT = ['audit', 'usage.jsonl']

/** What can be wrong with an audit, or with the prices that somebody asks for. */
export const MONEY_ERRORS: ErrorChapter = {
  heading: 'Audits and prices',
  intro: 'They read files and nothing else; a page that can’t be whole is not written.',
  cases: [
    { title: 'A log that is not there', args: AUDIT },
    {
      title: 'A log without usage',
      files: { 'usage.jsonl': '{"message":"started"}\n' },
      args: AUDIT,
    },
    {
      title: 'A table without tokens',
      files: { 'usage.csv': 'model,in,out\nclaude-opus-5,900,90\n' },
      args: ['audit', 'usage.csv'],
    },
    {
      title: 'A log beside a report',
      files: { ...LOG, 'report.json': `${JSON.stringify(REPORT)}\n` },
      args: [...AUDIT, 'report.json'],
    },
    { title: 'A log named twice', files: LOG, about: GOOD, args: [...AUDIT, './usage.jsonl'] },
    {
      title: 'A name for no figure',
      files: LOG,
      about: GOOD,
      args: [...AUDIT, '--map', 'tokens=usage.total'],
    },
    {
      title: 'A name that no row has',
      files: LOG,
      about: GOOD,
      args: [...AUDIT, '--map', 'feature=team'],
    },
    {
      title: 'A time zone that there is not',
      files: LOG,
      about: GOOD,
      args: [...AUDIT, '--time-zone', 'Berlin'],
    },
    {
      title: 'Revenue without its costs',
      files: LOG,
      about: GOOD,
      args: [...AUDIT, '--revenue', '100000'],
    },
    {
      title: 'A page over its input',
      files: LOG,
      about: GOOD,
      args: [...AUDIT, '--html', 'usage.jsonl'],
    },
    {
      title: 'Prices for an audit that are not there',
      files: LOG,
      about: GOOD,
      args: [...AUDIT, '--prices', 'prices.json'],
    },
    { title: 'A day that there is not', args: ['prices', '--at', '2026-11-31'] },
    { title: 'No price file to check', args: ['prices', 'check', 'prices.json'] },
    {
      title: 'A price file of another form',
      files: { 'prices.json': '{"claude-opus-5":{"input":"5"}}\n' },
      args: ['prices', 'diff', 'prices.json'],
    },
  ],
}
