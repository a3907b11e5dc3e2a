import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  halfrate,
  request,
  requests,
  startTestEmulator,
  type TestEmulator,
  writeInput,
} from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

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

const ok = requests(1)[0] as object
const params = (rest: object): object => request('r2', 'x', rest)
const again = 'Fix the line, then run the same command again.'

interface BadCase {
  readonly name: string
  readonly lines: readonly (object | string)[]
  readonly message: string
}

const CASES: readonly BadCase[] = [
  {
    name: 'JSON that does not parse',
    lines: [ok, '{"key": "r2", "params": {'],
    message: `(code invalid_json)`,
  },
  {
    name: 'a member twice',
    lines: [ok, '{"key": "r2", "key": "r3", "params": {}}'],
    message: '(code duplicate_member)',
  },
  {
    name: 'a member of params twice',
    lines: [ok, '{"key": "r2", "params": {"model": "a", "model": "b"}}'],
    message: '(code duplicate_member)',
  },
  {
    name: 'no key',
    lines: [ok, { params: { model: 'claude-haiku-4-5', max_tokens: 1, messages: [] } }],
    message: `requests.jsonl:2: key: expected a text that names the request, got none.\n  Every request needs a key of its own; custom_id is taken as one. Nothing was sent. ${again}   (code missing_key)`,
  },
  {
    name: 'a key twice',
    lines: [ok, request('r2'), ok],
    message: '(code repeated_key)',
  },
  {
    name: 'a key that is too long',
    lines: [ok, request('k'.repeat(513))],
    message: `requests.jsonl:2: key: expected at most 512 bytes of UTF-8, got 513.\n  Nothing was sent. ${again}   (code key_too_long)`,
  },
  {
    name: 'stream',
    lines: [ok, params({ stream: true })],
    message: `requests.jsonl:2: params.stream: expected params without it, got true.\n  Batches refuse stream: true. Nothing was sent. ${again}   (code unsupported_param)`,
  },
  {
    name: 'speed',
    lines: [ok, params({ speed: 'fast' })],
    message: `requests.jsonl:2: params.speed: expected params without it, got "fast".\n  Batches refuse speed. Nothing was sent. ${again}   (code unsupported_param)`,
  },
  {
    name: 'max_tokens 0',
    lines: [ok, params({ max_tokens: 0 })],
    message: `requests.jsonl:2: params.max_tokens: expected a whole number of at least 1, got 0.\n  Batches refuse max_tokens 0. Nothing was sent. ${again}   (code invalid_params)`,
  },
  {
    name: 'no max_tokens',
    lines: [ok, params({ max_tokens: undefined })],
    message: `requests.jsonl:2: params.max_tokens: expected a whole number of at least 1, got none.\n  Nothing was sent. ${again}   (code invalid_params)`,
  },
  {
    name: 'no params',
    lines: [ok, { key: 'r2' }],
    message: `requests.jsonl:2: params: expected an object with the params of a message, got none.\n  Nothing was sent. ${again}   (code invalid_params)`,
  },
  {
    name: 'a line over 32 MB',
    lines: [ok, request('r2', 'x'.repeat(32_000_001))],
    message: '(code line_too_long)',
  },
  {
    name: 'only blank lines',
    lines: ['', ' '],
    message: '(code empty_input)',
  },
  {
    name: 'a bad last line of many',
    lines: [...requests(5_000), '{"key": 5}'],
    message: 'requests.jsonl:5001: key: expected a text of whole characters, got 5.',
  },
]

describe('a bad input is one clear error, and nothing is sent', () => {
  test.for(CASES)('$name', async ({ lines, message }) => {
    const folder = temporaryFolder()
    const input = writeInput(folder, lines)
    const { code, stdout, stderr } = await halfrate(
      ['run', input, '-o', 'out.jsonl', ...claude.flags],
      { cwd: folder },
    )
    expect(stderr).toContain(message)
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(existsSync(join(folder, 'out.jsonl'))).toBe(false)
    // Nothing half stored: nothing is due either.
    const { stderr: work } = await halfrate(['work', '--once', ...claude.flags], { cwd: folder })
    expect(work).toContain('nothing is due')
  })
})

describe('a bad command is one clear error, and nothing is made', () => {
  const refused = async (
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<string> => {
    const folder = temporaryFolder()
    writeInput(folder, requests(1))
    writeFileSync(join(folder, 'empty.jsonl'), '')
    mkdirSync(join(folder, 'folder'))
    const { code, stderr } = await halfrate(args, { cwd: folder, env })
    expect(code).toBe(1)
    expect(existsSync(join(folder, 'halfrate.db'))).toBe(false)
    return stderr
  }
  const run = (...args: readonly string[]): Promise<string> =>
    refused(['run', 'requests.jsonl', ...args, ...claude.flags])

  test('an input that is not there', async () => {
    expect(await refused(['run', 'no.jsonl', '-o', 'out.jsonl'])).toBe(
      'no.jsonl: there is no such file.\n  Nothing was sent. Check the name.   (code not_found)\n',
    )
  })

  test('an input that is a directory', async () => {
    expect(await refused(['run', 'folder', '-o', 'out.jsonl'])).toBe(
      "folder: expected a file, got a directory.\n  Nothing was sent. Name a file, or documents by a pattern such as 'docs/**/*.md'.   (code is_directory)\n",
    )
  })

  test('an empty input', async () => {
    expect(await refused(['run', 'empty.jsonl', '-o', 'out.jsonl'])).toContain(
      'empty.jsonl: expected at least one request, got an empty file.',
    )
  })

  test('an output in a folder that is not there', async () => {
    expect(await run('-o', 'no/out.jsonl')).toContain('-o no/out.jsonl: its folder does not exist.')
  })

  test('an output that is a directory', async () => {
    expect(await run('-o', 'folder')).toContain('-o folder: it is a directory.')
  })

  test('an output that is the input', async () => {
    expect(await run('-o', './requests.jsonl')).toContain(
      '-o ./requests.jsonl: it is the input file.',
    )
  })

  test('no output', async () => {
    expect(await run()).toContain("required option '-o, --output <file>' not specified")
  })

  test('a batch size of nothing', async () => {
    expect(await run('-o', 'out.jsonl', '--batch-size', '0')).toBe(
      '--batch-size: expected a whole number from 1 to 100000, got "0".\n  Correct the flag. Nothing was sent.   (code config)\n',
    )
  })

  test('a word that a flag does not know', async () => {
    expect(await run('-o', 'out.jsonl', '--on-lost-answer', 'maybe')).toContain(
      '--on-lost-answer: expected resend or wait or ask, got "maybe".',
    )
    expect(await run('-o', 'out.jsonl', '--format', 'xml')).toContain(
      '--format: expected halfrate or anthropic or csv, got "xml".',
    )
  })

  test('two answers to one question', async () => {
    expect(await run('-o', 'out.jsonl', '--changed', '--keep')).toContain(
      "--changed and --keep can't go together.",
    )
  })

  test('no key for the provider itself', async () => {
    const stderr = await refused(['run', 'requests.jsonl', '-o', 'out.jsonl'], {
      ANTHROPIC_API_KEY: '',
    })
    expect(stderr).toBe(
      'there is no API key, and without one nothing can be sent to Claude.\n  Set ANTHROPIC_API_KEY to a key of your workspace. Nothing was sent.   (code config)\n',
    )
  })

  test('a key that is not one line, which is not shown', async () => {
    const stderr = await refused(['run', 'requests.jsonl', '-o', 'out.jsonl'], {
      ANTHROPIC_API_KEY: 'secret\nsecret',
    })
    expect(stderr).toContain('the API key has white space or a line feed at place 7')
    expect(stderr).not.toContain('secret')
  })

  test('a base URL that is none, named after where it came from', async () => {
    const args = ['run', 'requests.jsonl', '-o', 'out.jsonl']
    expect(await refused([...args, '--base-url', 'nowhere'])).toMatch(/^--base-url: expected/)
    expect(await refused(args, { ANTHROPIC_BASE_URL: 'nowhere' })).toMatch(/^ANTHROPIC_BASE_URL: /)
    expect(await refused([...args, '--base-url', 'https://api.anthropic.com/v1'])).toContain(
      'Write it as "https://api.anthropic.com".',
    )
  })

  test('a clock that is no file', async () => {
    expect(await refused(['run', 'requests.jsonl', '-o', 'o', '--clock', 'file:%%'])).toContain(
      "--clock: expected JSON or a file that holds the start line of an emulator; file:%% can't be read.",
    )
  })

  test('a store without a name', async () => {
    expect(await run('-o', 'out.jsonl', '--store', '')).toContain(
      'store: expected the path of a file',
    )
  })

  test('an output that would replace the store', async () => {
    expect(await run('-o', 'halfrate.db')).toContain('-o halfrate.db: it is the store.')
    expect(await run('-o', 'halfrate.db-wal')).toContain('it is the store.')
  })

  test('a fast clock for the provider itself', async () => {
    const clock = JSON.stringify({ origin: 0, start: 0, factor: 600 })
    const stderr = await refused(['run', 'requests.jsonl', '-o', 'out.jsonl', '--clock', clock])
    expect(stderr).toContain(
      "a fast clock can't be used with api.anthropic.com, whose time is real.",
    )
  })

  test('a store that is not there, for commands that only look', async () => {
    for (const args of [['status'], ['why', 'r1'], ['results'], ['verify'], ['work', '--once']]) {
      expect(await refused([...args])).toMatch(/^there is no store at \/.*\/halfrate\.db\.\n/)
    }
  })

  test('errors are one object each with --json', async () => {
    const stderr = await refused(['run', 'no.jsonl', '-o', 'out.jsonl', '--json'])
    expect(JSON.parse(stderr)).toMatchObject({ type: 'error', code: 'not_found', file: 'no.jsonl' })
  })
})

test('a key that the provider refuses ends the command at once; nothing is sent', async () => {
  const folder = temporaryFolder()
  const claudeToo = await startTestEmulator()
  await claudeToo.fault([{ op: 'list', error: 'authentication' }])
  const input = writeInput(folder, requests(1))
  for (const args of [
    ['run', input, '-o', 'out.jsonl'],
    ['work', '--once'],
  ]) {
    const { code, stderr } = await halfrate([...args, ...claudeToo.flags], { cwd: folder })
    expect(code).toBe(1)
    expect(stderr).toContain('refuses the API key: API key is invalid.')
  }
  expect(await claudeToo.ledger('posts')).toEqual([])
})

test('a store that is something else, or newer, is left as it is', async () => {
  const folder = temporaryFolder()
  const input = writeInput(folder, requests(1))
  writeFileSync(join(folder, 'notes.txt'), 'these are notes, not a store\n'.repeat(100))
  const { code, stderr } = await halfrate(
    ['run', input, '-o', 'out.jsonl', '--store', 'notes.txt', ...claude.flags],
    { cwd: folder },
  )
  expect(code).toBe(1)
  expect(stderr).toContain('Name another file as the store.   (code store_foreign)')
})

test('an unknown model is a warning with near names, and its cost is unknown', async () => {
  const folder = temporaryFolder()
  const claudeToo = await startTestEmulator()
  const input = writeInput(folder, [request('r1', 'x', { model: 'claude-haiku-4-6' })])
  const { stderr } = await halfrate(['run', input, '-o', 'out.jsonl', ...claudeToo.flags], {
    cwd: folder,
  })
  expect(stderr).toContain(
    'requests.jsonl:1: params.model: "claude-haiku-4-6" is not a model that Halfrate knows. Did you mean claude-haiku-4-5',
  )
})

test('CRLF, a byte order mark, NUL and lone surrogates go through byte for byte', async () => {
  const folder = temporaryFolder()
  const claudeToo = await startTestEmulator()
  const odd = JSON.stringify(request('odd', 'a\u0000b')).replace('a\\u0000b', 'a\\u0000b\\ud800')
  writeFileSync(
    join(folder, 'requests.jsonl'),
    `\ufeff${JSON.stringify(request('r1'))}\r\n\r\n${odd}\r\n`,
  )
  const { code, stderr } = await halfrate(
    ['run', 'requests.jsonl', '-o', '-', ...claudeToo.flags],
    { cwd: folder },
  )
  expect(code, stderr).toBe(0)
})
