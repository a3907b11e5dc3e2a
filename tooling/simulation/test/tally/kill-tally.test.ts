import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { KillRunReport } from '../../src/killtest/kill-run.js'
import { parseKillTestOptions } from '../../src/killtest/options.js'
import { printKillTally } from '../../src/killtest/print-kill-tally.js'
import { openKillTally } from '../../src/tally/kill-tally.js'

function report(over: Partial<KillRunReport>): KillRunReport {
  return { struck: {}, starts: 1, billedTwice: 0, lost: 0, problems: [], ...over }
}

it('runs of the kill test are summed up, each once', () => {
  const folder = mkdtempSync(join(tmpdir(), 'halfrate-tally-'))
  const path = join(folder, 'kills.jsonl')
  const options = parseKillTestOptions(['--kills', '9', '--tally', path])
  {
    using file = openKillTally(path, options, 'a1b2c3')
    file.append({ run: 1, report: report({ struck: { kill: 7, stop: 1 }, starts: 9 }), ms: 10 })
    file.append({ run: 2, report: report({ struck: { kill: 2 }, starts: 3 }), ms: 5 })
    file.append({ run: 2, report: report({ struck: { kill: 2 }, starts: 4 }), ms: 6 })
  }
  const said: string[] = []
  expect(printKillTally(path, (line) => said.push(line))).toBe(true)
  expect(said[0]).toBe('disasters by kind: kill 9, stop 1')
  expect(said.at(-1)).toBe(
    'kills=9 store=sqlite workers=1 clock_factor=600 runs=2 starts=12 billed_twice=0 lost=0 problems=0 ms=15 commit=a1b2c3',
  )
  {
    using file = openKillTally(path, options, 'a1b2c3')
    file.append({ run: 3, report: report({ lost: 1, problems: ['row-4 is gone'] }), ms: 5 })
  }
  expect(printKillTally(path, (line) => said.push(line))).toBe(false)
  expect(said).toContain('run 3: row-4 is gone')
  rmSync(folder, { recursive: true })
})

it('the kill test is told how many kills there should be, or nothing else beside the file', () => {
  expect(parseKillTestOptions(['--tally', 'f']).isOnlyTold).toBe(true)
  expect(parseKillTestOptions(['--tally', 'f', '--kills', '5']).isOnlyTold).toBe(false)
  for (const more of [
    ['--seed', '2'],
    ['--store', 'postgres', '--submissions', '3'],
  ]) {
    expect(() => parseKillTestOptions(['--tally', 'f', ...more])).toThrow('--tally')
  }
})
