import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { halfrate, requests, startTestEmulator, writeInput } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

// Their reader ends at once, as `head` does after its lines. What is written later finds nobody.
const OUTPUT_CLOSED = ['bash', '-c', 'set -o pipefail; "$@" | true', 'bash']
const ERRORS_CLOSED = ['bash', '-c', '"$@" 2> >(exec 0<&-)', 'bash']

test.for([['--help'], ['run', '--help'], ['emulator', '--help'], ['completion', 'bash']])(
  '%j is quiet when nobody reads it to its end',
  async (args) => {
    const place = { cwd: temporaryFolder(), through: OUTPUT_CLOSED }
    expect(await halfrate(args, place)).toMatchObject({ code: 0, stderr: '' })
  },
)

test('a run goes on when nobody reads its progress any more', async () => {
  const cwd = temporaryFolder()
  const claude = await startTestEmulator()
  const input = writeInput(cwd, requests(3))
  const args = ['run', input, '-o', 'out.jsonl', ...claude.flags]
  const { code } = await halfrate(args, { cwd, through: ERRORS_CLOSED })
  expect(code).toBe(0)
  expect(readFileSync(join(cwd, 'out.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(3)
})

test('answers that nobody reads are an error that says where they are', async () => {
  const cwd = temporaryFolder()
  const claude = await startTestEmulator()
  const input = writeInput(cwd, requests(3))
  const args = ['run', input, '-o', '-', ...claude.flags]
  const { code, stderr } = await halfrate(args, { cwd, through: OUTPUT_CLOSED })
  expect(code).toBe(1)
  expect(stderr).toContain('-o -: its reader closed it before the last row.')
})
