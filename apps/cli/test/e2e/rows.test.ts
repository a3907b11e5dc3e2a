import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { halfrate, startHalfrate } from '../support/cli.js'
import { startHoldingProxy } from '../support/holding-proxy.js'
import { ROW_FLAGS, rowsPlace } from '../support/rows.js'

const CLAIMS = 'id,text,amount\r\nc1,"Water, in the\r\nkitchen",-12.5\r\nc2,=cmd(),3\r\n'
const PROMPT = 'Triage {{amount}}:\n{{text}}\n'
const OURS = 'answer,status,cost_usd,error,policy'

function linesOf(folder: string, name: string): readonly Record<string, unknown>[] {
  const text = readFileSync(join(folder, name), 'utf8').trimEnd()
  return text.split('\n').map((line) => JSON.parse(line))
}

describe('halfrate run with a prompt', () => {
  test('answers the rows of a CSV file, as JSON Lines and beside its columns', async () => {
    const { folder, run } = await rowsPlace({ 'claims.csv': CLAIMS, 'triage.txt': PROMPT })
    const first = await run('claims.csv', '-o', 'out.jsonl')
    expect(first.code, first.stderr).toBe(0)
    expect(first.stderr).toContain('keys: column "id"')
    const rows = linesOf(folder, 'out.jsonl')
    expect(rows).toMatchObject([
      { key: 'c1', status: 'succeeded', text: expect.stringContaining('"Triage -12.5: Water') },
      { key: 'c2', status: 'succeeded', text: expect.stringContaining('"Triage 3: =cmd()"') },
    ])
    const again = await run('claims.csv', '-o', 'out.csv')
    expect(again.code, again.stderr).toBe(0)
    expect(again.stderr).toContain('job claims: 2 rows, taken in before; going on')
    const quoted = rows.map(({ text }) => `"${String(text).replaceAll('"', '""')}"`)
    const cost = rows.map((row) => row.cost_usd)
    expect(readFileSync(join(folder, 'out.csv'), 'utf8')).toBe(
      [
        `id,text,amount,${OURS}\r\n`,
        `c1,"Water, in the\r\nkitchen",-12.5,${quoted[0]},succeeded,${cost[0]},,\r\n`,
        `c2,'=cmd(),3,${quoted[1]},succeeded,${cost[1]},,\r\n`,
      ].join(''),
    )
  })

  test('takes JSON Lines, and its CSV has every member that some row has', async () => {
    const rows =
      '{"key":"a","text":"x","amount":1.50}\n\n{"key":"b","text":"y","amount":null,"status":[1, 2]}\n'
    const { folder, run } = await rowsPlace({ 'rows.jsonl': rows, 'triage.txt': PROMPT })
    const { code, stderr } = await run('rows.jsonl', '-o', 'out.csv')
    expect(code, stderr).toBe(0)
    const lines = readFileSync(join(folder, 'out.csv'), 'utf8').split('\r\n')
    expect(lines[0]).toBe('key,text,amount,status,answer,halfrate_status,cost_usd,error,policy')
    expect(lines[1]).toMatch(/^a,x,1\.50,,".*Triage 1\.50: x.*,succeeded,/)
    expect(lines[2]).toMatch(/^b,y,,"\[1, 2\]",".*Triage : y.*,succeeded,/)
  })

  test('takes documents by a pattern, whose keys are their paths', async () => {
    const { folder, run } = await rowsPlace({ 'triage.txt': '{{name}}: {{text}}' })
    mkdirSync(join(folder, 'docs/sub'), { recursive: true })
    writeFileSync(join(folder, 'docs/sub/b.md'), '\ufeffBee')
    writeFileSync(join(folder, 'docs/a.md'), 'Ay {{text}}')
    writeFileSync(join(folder, 'docs/.hidden.md'), 'no')
    const { code, stderr } = await run('docs/**/*.md', '-o', 'out.csv')
    expect(code, stderr).toBe(0)
    expect(stderr).toContain('job out: 2 rows, all new')
    const lines = readFileSync(join(folder, 'out.csv'), 'utf8').split('\r\n')
    expect(lines[0]).toBe(`path,name,${OURS}`)
    expect(lines[1]).toMatch(/^docs\/a\.md,a\.md,".*a\.md: Ay \{\{text\}\}/)
    expect(lines[2]).toMatch(/^docs\/sub\/b\.md,b\.md,".*b\.md: Bee/)
  })

  test('takes the names that a shell makes of a pattern, as the same input', async () => {
    const { folder, claude, run } = await rowsPlace({ 'triage.txt': '{{name}}: {{text}}' })
    mkdirSync(join(folder, 'docs'))
    // The name of one is a pattern itself.
    for (const name of ['b.md', 'a.md', '[c].md']) writeFileSync(join(folder, 'docs', name), name)
    const many = ['docs/b.md', './docs/a.md', 'docs/[c].md', 'docs/a.md']
    const first = await run(...many, '-o', 'out.jsonl')
    expect(first.code, first.stderr).toBe(0)
    expect(linesOf(folder, 'out.jsonl').map(({ key }) => key)).toEqual([
      'docs/[c].md',
      'docs/a.md',
      'docs/b.md',
    ])
    const again = await run('docs/*.md', '-o', 'out.jsonl')
    expect(again.stderr).toContain('job out: 3 rows, taken in before; going on')
    expect(await claude.ledger('posts')).toHaveLength(1)
  })

  test('with --limit has the columns of the first rows, whatever stands behind them', async () => {
    const claims = `${CLAIMS}c3,too,many,cells\r\n`
    const { folder, run } = await rowsPlace({ 'claims.csv': claims, 'triage.txt': PROMPT })
    const { code, stderr } = await run('claims.csv', '-o', 'out.csv', '--limit', '2')
    expect(code, stderr).toBe(0)
    const output = readFileSync(join(folder, 'out.csv'), 'utf8')
    expect(output).toMatch(/^id,text,amount,.*\r\nc1,.*\r\nc2,'=cmd\(\),3,.*\r\n$/s)
    expect(output).not.toContain('c3')
  })

  test('takes standard input, numbers rows without a key, and keeps its delimiter', async () => {
    const { folder, claude } = await rowsPlace({ 'triage.txt': PROMPT })
    const args = ['run', '-', '--input-format', 'csv', ...ROW_FLAGS, '-o', 'out.csv']
    const { child, ended } = startHalfrate([...args, ...claude.flags], {
      cwd: folder,
      stdin: 'pipe',
    })
    child.stdin?.end('text;amount\na,b;1\nc;2\n')
    const { code, stderr } = await ended
    expect(code, stderr).toBe(0)
    expect(stderr).toContain('keys: row-1, row-2, … by the number of the row')
    const lines = readFileSync(join(folder, 'out.csv'), 'utf8').split('\r\n')
    expect(lines[0]).toBe('text;amount;answer;status;cost_usd;error;policy')
    expect(lines[1]).toMatch(/^"a,b";1;"/)
    const why = await halfrate(['why', 'row-2', ...claude.flags.slice(2)], { cwd: folder })
    expect(why.code, why.stderr).toBe(0)
  })

  test('sends a system prompt, and its key column is what was asked for', async () => {
    const files = { 'claims.csv': CLAIMS, 'triage.txt': PROMPT, 'system.txt': 'Be {{brief}}.\n' }
    const { folder, run } = await rowsPlace(files)
    const args = ['--key-column', 'amount', '--system', 'system.txt']
    const { code, stderr } = await run('claims.csv', '-o', 'out.jsonl', ...args)
    expect(code, stderr).toBe(0)
    expect(linesOf(folder, 'out.jsonl').map(({ key }) => key)).toEqual(['-12.5', '3'])
  })

  test('goes on after kill -9 and sends nothing twice', async () => {
    const { folder, claude, run } = await rowsPlace({ 'claims.csv': CLAIMS, 'triage.txt': PROMPT })
    const args = ['run', 'claims.csv', '-o', 'out.csv', ...ROW_FLAGS, ...claude.flags]
    const diesSaying = /job claims: 2 rows, all new/
    expect((await halfrate(args, { cwd: folder, diesSaying })).code).toBeNull()
    const { code, stderr } = await run('claims.csv', '-o', 'out.csv')
    expect(code, stderr).toBe(0)
    expect(stderr).toContain('taken in before; going on')
    expect(await claude.ledger('posts')).toHaveLength(1)
  })

  test('stops when the prompt was changed, and does what is then asked for', async () => {
    const { claude, run, write } = await rowsPlace({ 'claims.csv': CLAIMS, 'triage.txt': PROMPT })
    expect((await run('claims.csv', '-o', 'out.csv')).code).toBe(0)
    write({ 'triage.txt': 'Sort {{text}}' })
    const changed = await run('claims.csv', '-o', 'out.csv')
    expect(changed.code).toBe(1)
    expect(changed.stderr).toContain('2 rows of job "claims" have other params than last time')
    expect(await claude.ledger('posts')).toHaveLength(1)
    expect((await run('claims.csv', '-o', 'out.csv', '--changed')).code).toBe(0)
    expect(await claude.ledger('posts')).toHaveLength(2)
  })

  test('sends only what is new after a row was put in front', async () => {
    const { folder, claude, run, write } = await rowsPlace({
      'claims.csv': CLAIMS,
      'triage.txt': PROMPT,
    })
    expect((await run('claims.csv', '-o', 'out.csv')).code).toBe(0)
    write({ 'claims.csv': CLAIMS.replace('\r\n', '\r\nc0,new,1\r\n') })
    const { code, stderr } = await run('claims.csv', '-o', 'out.csv')
    expect(code, stderr).toBe(0)
    expect((await claude.ledger('posts')).map(({ count }) => count)).toEqual([2, 1])
    const text = readFileSync(join(folder, 'out.csv'), 'utf8')
    expect([...text.matchAll(/^c\d/gm)].map(([key]) => key)).toEqual(['c0', 'c1', 'c2'])
  })

  test.for(['edited', 'gone'])(
    'says that its input is %s when the columns are to be written',
    async (how) => {
      const { folder, claude } = await rowsPlace({ 'claims.csv': CLAIMS, 'triage.txt': PROMPT })
      writeFileSync(join(folder, 'out.csv'), 'old')
      const proxy = await startHoldingProxy(claude.flags)
      const args = ['run', 'claims.csv', '-o', 'out.csv', ...ROW_FLAGS, ...proxy.flags]
      const { ended } = startHalfrate(args, { cwd: folder })
      await proxy.sendUnderWay
      if (how === 'gone') rmSync(join(folder, 'claims.csv'))
      else writeFileSync(join(folder, 'claims.csv'), CLAIMS.replace('kitchen', 'cellar'))
      proxy.letGo()
      const { code, stderr } = await ended
      expect(code).toBe(1)
      expect(stderr).toContain('claims.csv: it was changed since its rows were taken in')
      expect(readFileSync(join(folder, 'out.csv'), 'utf8')).toBe('old')
      const results = await halfrate(['results', '--format', 'csv'], { cwd: folder })
      expect(results.stdout).toMatch(/^key,answer,status,cost_usd,error,policy\r\nc1,/)
    },
  )
})
