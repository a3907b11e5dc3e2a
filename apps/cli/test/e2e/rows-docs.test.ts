import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openRequestSource } from '../../src/input/request-source.js'
import { rowSettingsOf } from '../../src/rows/row-settings.js'
import { rowsPlace } from '../support/rows.js'

const PAGE = readFileSync(join(import.meta.dirname, '../../../../docs/rows.md'), 'utf8')

/** The block of the page that follows a text. */
function blockAfter(text: string): string {
  const from = PAGE.indexOf(text)
  const block = /```\w*\n(.*?)```/s.exec(PAGE.slice(from))?.[1]
  if (from === -1 || block === undefined) return expect.unreachable(`no block after ${text}`)
  return block
}

test('the example of docs/rows.md makes the request and the output that stand there', async () => {
  const files = {
    'claims.csv': blockAfter('`claims.csv`:'),
    'triage.txt': blockAfter('`triage.txt`:'),
  }
  const { folder, run } = await rowsPlace(files)
  const { code, stderr } = await run('claims.csv', '-o', 'triage.csv')
  expect(code, stderr).toBe(0)
  const output = readFileSync(join(folder, 'triage.csv'), 'utf8')
  expect(output.replaceAll('\r\n', '\n')).toBe(blockAfter('`triage.csv`, with'))
  const file = join(folder, 'claims.csv')
  const prompt = join(folder, 'triage.txt')
  const flags = { prompt, model: 'claude-haiku-4-5', maxTokens: '512' }
  const source = await openRequestSource({
    files: [file],
    rows: rowSettingsOf([file], flags),
    besidePath: folder,
    signal: AbortSignal.timeout(60_000),
    say: () => undefined,
  })
  for await (const { key, prefix, body } of source.read().rows) {
    const parts = [prefix?.bytes, body].filter((part) => part !== undefined)
    const params = `{${parts.map((part) => new TextDecoder().decode(part)).join(',')}}`
    expect(key).toBe('c1')
    expect(JSON.parse(params)).toEqual(JSON.parse(blockAfter('The params of the request')))
    break
  }
})
