import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { halfrate } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

test('the demo needs no key, tells what happened, and leaves foreign files alone', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'demo'))
  writeFileSync(join(folder, 'demo/mine.txt'), 'mine')
  const { code, stdout, stderr } = await halfrate(['demo'], {
    cwd: folder,
    env: { ANTHROPIC_API_KEY: '' },
  })
  expect(code, stderr).toBe(0)
  const rows = readFileSync(join(folder, 'demo/results.jsonl'), 'utf8').trimEnd().split('\n')
  const asked = readFileSync(join(folder, 'demo/requests.jsonl'), 'utf8').trimEnd().split('\n')
  expect(rows).toHaveLength(asked.length)
  expect(stdout).toContain('saved $')
  expect(stdout).toMatch(/tried again \(.*overloaded.*\)/)
  expect(stdout).toContain('The replies are synthetic')
  expect(stdout).toMatch(
    /ANTHROPIC_API_KEY=sk-ant-… .*run demo\/requests\.jsonl -o[\s\\]+summaries\.jsonl/,
  )
  expect(readFileSync(join(folder, 'demo/mine.txt'), 'utf8')).toBe('mine')
})

test('with --json the demo is one object on standard output', async () => {
  const folder = temporaryFolder()
  const { code, stdout, stderr } = await halfrate(['demo', '--json'], { cwd: folder })
  expect(code, stderr).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ type: 'demo', synthetic: true, batches: expect.any(Number) },
    results: join(realpathSync(folder), 'demo/results.jsonl'),
    next: expect.stringContaining('run demo/requests.jsonl'),
  })
  const said = stderr.trimEnd().split('\n')
  expect(said.map((line) => JSON.parse(line).type)).toContain('report')
})
