import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { halfrate } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const COMMANDS = ['run', 'work', 'status', 'results', 'why', 'verify', 'demo']

test.for(COMMANDS)('%s --help has an example that begins with the command', async (command) => {
  const { code, stdout } = await halfrate([command, '--help'], { cwd: temporaryFolder() })
  expect(code).toBe(0)
  expect(stdout).toMatch(new RegExp(`Examples?:\\n[^]*halfrate ${command}`))
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
  expect(JSON.parse(object.stderr)).toMatchObject({ type: 'error', code: 'usage' })
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
