import { request, requests } from '../support/cli.js'
import type { ErrorCase, ErrorChapter } from './error-case.js'

const RUN = ['run', 'requests.jsonl', '-o', 'results.jsonl']

function lines(...all: readonly (object | string)[]): string {
  return all.map((each) => `${typeof each === 'string' ? each : JSON.stringify(each)}\n`).join('')
}

function second(title: string, line: object | string, about?: string): ErrorCase {
  return { title, files: { 'requests.jsonl': lines(request('r1'), line) }, about, args: RUN }
}

const params = (rest: object): object => request('r2', 'Say it.', rest)

/** What can be wrong with requests. */
export const REQUEST_ERRORS: ErrorChapter = {
  heading: 'Requests',
  intro:
    'Each line of the input is checked before anything is sent, and nothing of an input with an error in it is stored.',
  cases: [
    second('JSON that does not parse', '{"key": "r2", "params": {'),
    second('JSON with a wrong value', '{"key": "r2", "params": {"model": nul}}'),
    {
      title: 'An array in place of lines',
      files: { 'requests.jsonl': '[{"key": "r1"}]\n' },
      args: RUN,
    },
    second('A member twice', '{"key": "r2", "key": "r3", "params": {}}'),
    second('A member of params twice', '{"key": "r2", "params": {"model": "a", "model": "b"}}'),
    second('A member that no request has', { key: 'r2', parms: {} }),
    second('No key', { params: { model: 'claude-haiku-4-5', max_tokens: 1, messages: [] } }),
    second('A key that is no text', { key: 5, params: {} }),
    {
      title: 'A key twice',
      files: { 'requests.jsonl': lines(request('r1'), request('r2'), request('r1')) },
      args: RUN,
    },
    second('A key that is too long', request('k'.repeat(513)), 'The second key has 513 letters.'),
    second('No params', { key: 'r2' }),
    second('No model', params({ model: undefined })),
    second('No max_tokens', params({ max_tokens: undefined })),
    second('max_tokens 0', params({ max_tokens: 0 })),
    second('stream', params({ stream: true })),
    second('speed', params({ speed: 'fast' })),
    second('A deadline without a zone', {
      ...request('r2'),
      deadline_at: '2026-11-21T06:00:00',
    }),
    second('Labels that are no texts', { ...request('r2'), labels: { team: 7 } }),
    second(
      'A line over 32 MB',
      request('r2', 'x'.repeat(32_000_001)),
      'The second line has 32,000,001 letters in its message.',
    ),
    {
      title: 'A bad last line of many',
      files: { 'requests.jsonl': lines(...requests(20_000), '{"key": "last"}') },
      about: 'The first 20,000 lines are good, and nothing of them is kept.',
      args: RUN,
    },
    {
      title: 'Bytes that are no UTF-8',
      files: { 'requests.jsonl': Buffer.from('{"key": "caf\xe9", "params": {}}\n', 'latin1') },
      about: 'The key is `café` in Latin-1.',
      args: RUN,
    },
    {
      title: 'A model that nobody knows',
      files: { 'requests.jsonl': lines(request('r1', 'Say it.', { model: 'claude-haiku-4-6' })) },
      about:
        'A warning, and without `--yes` a question. The request is sent as it is, and without a price its cost is unknown, never zero. Here the provider does not know the model either, so the exit code is 2.',
      args: [...RUN, '--yes'],
      isSent: true,
      only: /params\.model/,
      exit: 2,
    },
  ],
}

/** What can be wrong with a file of requests as a whole. */
export const FILE_ERRORS: ErrorChapter = {
  heading: 'Files',
  intro: 'The input is opened, and the output tried, before anything else happens.',
  cases: [
    { title: 'An input that is not there', args: RUN },
    { title: 'An input that is a directory', args: ['run', '.', '-o', 'results.jsonl'] },
    {
      title: 'An empty input',
      files: { 'requests.jsonl': '' },
      args: RUN,
      about: '`requests.jsonl` is empty.',
    },
    {
      title: 'An input of blank lines',
      files: { 'requests.jsonl': '\n \n' },
      about: '`requests.jsonl` has two blank lines.',
      args: RUN,
    },
    {
      title: 'An empty standard input',
      about: 'Nothing comes out of the pipe.',
      args: ['run', '-', '-o', 'results.jsonl'],
      input: '',
    },
    {
      title: 'An output in a folder that is not there',
      files: { 'requests.jsonl': lines(request('r1')) },
      about: 'The input is good.',
      args: ['run', 'requests.jsonl', '-o', 'no/results.jsonl'],
    },
    {
      title: 'An output that is the input',
      files: { 'requests.jsonl': lines(request('r1')) },
      about: 'The input is good.',
      args: ['run', 'requests.jsonl', '-o', './requests.jsonl'],
    },
    {
      title: 'An output that is the store',
      files: { 'requests.jsonl': lines(request('r1')) },
      about: 'The input is good.',
      args: ['run', 'requests.jsonl', '-o', 'halfrate.db'],
    },
  ],
}
