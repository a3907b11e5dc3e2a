import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { parseStartLine } from '@halfrate/emulator'
import { expect, test } from 'vitest'
import { halfrate, startHalfrate } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const FIRST = ['run', 'work', 'status', 'results', 'why', 'doctor']
const COMMANDS = [
  ...FIRST,
  'enqueue',
  'retry',
  'cancel',
  'queues',
  'apply',
  'verify',
  'init',
  'demo',
]

test.for(COMMANDS)('%s --help has an example that begins with the command', async (command) => {
  const { code, stdout } = await halfrate([command, '--help'], { cwd: temporaryFolder() })
  expect(code).toBe(0)
  expect(stdout).toMatch(new RegExp(`Examples?:\\n[^]*halfrate ${command}`))
})

test.for(['set', 'pause', 'resume', 'flush'])('queues %s --help has an example', async (word) => {
  const { stdout } = await halfrate(['queues', word, '--help'], { cwd: temporaryFolder() })
  expect(stdout).toMatch(new RegExp(`Examples?:\\n[^]*halfrate queues ${word} `))
})

test('a store that is kept somewhere else is refused before a file of its name is looked for', async () => {
  const cwd = temporaryFolder()
  const { code, stderr } = await halfrate(['status', '--store', 'mysql://me@db/half'], { cwd })
  expect(code).toBe(1)
  expect(stderr).toContain('got one that begins with mysql://.')
  expect(stderr).not.toContain('there is no store')
})

test('an emulator that something kills is no interruption', async () => {
  const cwd = temporaryFolder()
  const running = startHalfrate(['emulator'], { cwd })
  const [line] = (await once(running.child.stdout as Readable, 'data')) as [string]
  process.kill(parseStartLine(line).pid, 'SIGKILL')
  const { code, stderr } = await running.ended
  expect(code).toBe(1)
  expect(stderr).toContain('the emulator was ended by SIGKILL.')
})

test('--version is that of the package', async () => {
  const { version } = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'),
  )
  const { code, stdout } = await halfrate(['--version'], { cwd: temporaryFolder() })
  expect([code, stdout]).toEqual([0, `${version}\n`])
})

test('a command line that is wrong is an object with --json, and text without', async () => {
  const cwd = temporaryFolder()
  const object = await halfrate(['run', 'a.jsonl', '--json'], { cwd })
  expect(object.code).toBe(1)
  expect(JSON.parse(object.stderr)).toEqual({
    ...{ type: 'error', code: 'usage', file: null, line: null, field: null },
    message: "required option '-o, --output <file>' not specified",
    next_step: 'Nothing was done. --help shows what there is.',
  })
  const text = await halfrate(['rnu'], { cwd })
  expect(text.code).toBe(1)
  expect(text.stderr).toContain('(Did you mean run?)')
})

test.for(['requests.jsonl', 'results.jsonl', 'halfrate.db'])(
  'the demo does not touch a %s that is not of a demo',
  async (name) => {
    const cwd = temporaryFolder()
    mkdirSync(join(cwd, 'demo'))
    writeFileSync(join(cwd, 'demo', name), 'mine')
    const { code, stderr } = await halfrate(['demo'], { cwd })
    expect(code).toBe(1)
    expect(stderr).toContain(`the demo writes demo/${name}, which is there and is not of a demo.`)
    expect(readFileSync(join(cwd, 'demo', name), 'utf8')).toBe('mine')
    expect(existsSync(join(cwd, 'demo/.halfrate-demo'))).toBe(false)
  },
)

test('--help names six commands first, and the others under headings of their own', async () => {
  const { code, stdout } = await halfrate(['--help'], { cwd: temporaryFolder() })
  expect(code).toBe(0)
  const main = /Main commands:\n(.*?)\n\n/s.exec(stdout)?.[1] ?? ''
  const names = main.split('\n').flatMap((line) => /^ {2}(\w+)/.exec(line)?.[1] ?? [])
  expect(names).toEqual(FIRST)
  expect(stdout).toContain('Requests and queues:')
  expect(stdout).toContain('When something went wrong:')
  expect(stdout).toMatch(
    /\n {2}apply \[options\] +write the queues and budgets of .* into the store\n/,
  )
})

test.for([60, 80])(
  'in a terminal of %i columns help and errors are broken between words',
  async (columns) => {
    const cwd = temporaryFolder()
    const help = await halfrate(['--help'], { cwd, columns })
    expect(help.code).toBe(0)
    expect(help.stdout.split('\n').filter((line) => line.length >= columns)).toEqual([])
    const typo = await halfrate(['rnu'], { cwd, columns })
    expect(typo.stderr.split('\n').filter((line) => line.length >= columns)).toEqual([])
    expect(typo.stderr).toContain('  Nothing was done. --help shows what there is.')
    const store = `${'claims/'.repeat(20)}halfrate.db`
    const lost = await halfrate(['status', '--store', store], { cwd, columns })
    const wide = lost.stderr.split('\n').filter((line) => line.length >= columns)
    expect(wide.map((line) => line.trim())).toEqual([`${join(cwd, store)}.`])
    expect(lost.stderr).toContain('(code config)')
  },
)

test('init writes examples, keeps what is there, and says what to type next', async () => {
  const cwd = temporaryFolder()
  writeFileSync(join(cwd, 'triage.txt'), 'mine')
  const { code, stdout } = await halfrate(['init'], { cwd })
  expect(code).toBe(0)
  expect(stdout).toContain(
    ' wrote halfrate.config.ts\n wrote requests.jsonl\n wrote claims.csv\n kept  triage.txt\n',
  )
  expect(stdout).toContain('   halfrate run requests.jsonl -o results.jsonl\n')
  expect(readFileSync(join(cwd, 'triage.txt'), 'utf8')).toBe('mine')
  const queued = await halfrate(['enqueue', 'requests.jsonl', '--queue', 'try'], { cwd })
  expect(queued.code, queued.stderr).toBe(0)
  const again = JSON.parse((await halfrate(['init', '--json'], { cwd })).stdout)
  expect(again.files.map((each: { readonly written: boolean }) => each.written)).toEqual([
    false,
    false,
    false,
    false,
  ])
})

test('completion and the errors of the emulator are objects with --json', async () => {
  const cwd = temporaryFolder()
  const script = (await halfrate(['completion', 'bash'], { cwd })).stdout
  const { stdout } = await halfrate(['completion', 'bash', '--json'], { cwd })
  expect(JSON.parse(stdout)).toEqual({ type: 'completion', shell: 'bash', script })
  const refused = await halfrate(['emulator', '--seed', 'x', '--json'], { cwd })
  expect([refused.code, refused.stdout]).toEqual([1, ''])
  expect(JSON.parse(refused.stderr)).toMatchObject({
    ...{ type: 'error', code: 'config', message: expect.stringContaining('seed') },
    next_step: 'halfrate emulator --help lists its flags.',
  })
})

test('completion of a shell that is none of the four is refused', async () => {
  const { code, stderr } = await halfrate(['completion', 'tcsh'], { cwd: temporaryFolder() })
  expect(code).toBe(1)
  expect(stderr).toContain('<shell>: expected bash or zsh or fish or powershell, got "tcsh".')
})
