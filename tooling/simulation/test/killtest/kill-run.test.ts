import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { Draw } from '../../src/chance/draw.js'
import { runWithKills } from '../../src/killtest/kill-run.js'

// The first process that lives so long aborts, as the runtime does with memory that is broken; later ones work.
const AFTER_MS = 300

function abortsOnce(folder: string): readonly string[] {
  const script = `
    import { existsSync, writeFileSync, writeSync } from 'node:fs'
    const mark = ${JSON.stringify(join(folder, 'aborted'))}
    const abort = () => {
      if (existsSync(mark)) return
      writeFileSync(mark, '')
      writeSync(2, 'planted\\n')
      process.abort()
    }
    setTimeout(abort, ${AFTER_MS}).unref()`
  return ['--import', `data:text/javascript,${encodeURIComponent(script)}`]
}

it('reports a worker that aborts and not one that is killed, and both lose nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'halfrate-plant-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const report = await runWithKills({
    kills: 1,
    losesAnswers: false,
    draw: new Draw(1, 'planted abort'),
    workers: 1,
    shared: null,
    nodeArgs: abortsOnce(folder),
  })
  expect(report.struck.kill).toBe(1)
  expect(report.problems).toHaveLength(1)
  expect(report.problems[0]).toContain('run ended with SIGABRT')
  expect(report.problems[0]).toContain('planted')
  expect(report).toMatchObject({ billedTwice: 0, lost: 0 })
})
