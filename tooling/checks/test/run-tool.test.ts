import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runTool } from '../src/run-tool.js'

const ROOT = join(import.meta.dirname, '..', '..', '..')

test('a tool that ends with 0 is ok, and both of its streams are kept', async () => {
  const program = "console.log('out'); console.error('err')"
  const { isOk, output } = await runTool(ROOT, ['node', '-e', program])
  expect(isOk).toBe(true)
  expect(output.split('\n').toSorted()).toEqual(['err', 'out'])
})

test('a tool that ends with another code is not ok', async () => {
  expect(await runTool(ROOT, ['node', '-e', 'process.exit(3)'])).toEqual({
    isOk: false,
    output: '',
  })
})

test('a tool that is not installed is not ok, and is named', async () => {
  const { isOk, output } = await runTool(ROOT, ['no-such-tool'])
  expect(isOk).toBe(false)
  expect(output).toContain('no-such-tool: ')
})
