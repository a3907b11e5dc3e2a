import { expect, test } from 'vitest'
import { runSteps } from '../src/run-steps.js'
import type { Step, StepResult } from '../src/step.js'

const stepOf = (name: string, result: StepResult): Step => ({ name, run: async () => result })

async function reportOf(steps: readonly Step[]): Promise<[readonly string[], string]> {
  const printed: string[] = []
  const failed = await runSteps('/', steps, (text) => printed.push(text))
  return [failed, printed.join('\n')]
}

test('every step runs and has its line, also after one that fails', async () => {
  const [failed, report] = await reportOf([
    stepOf('first', { isOk: true, note: '3 files', output: '' }),
    stepOf('no', { isOk: false, note: '2 files', output: 'a.ts:1\n\nb.ts:2' }),
    stepOf('last', { isOk: true, note: 'fine', output: 'a table' }),
  ])
  expect(failed).toEqual(['no'])
  expect(report).toBe(
    [
      'ok      first  3 files',
      'failed  no     2 files',
      '        a.ts:1',
      '',
      '        b.ts:2',
      'ok      last   fine',
      '        a table',
    ].join('\n'),
  )
})

test('a step that throws has failed, and the next one runs', async () => {
  const broken: Step = { name: 'broken', run: () => Promise.reject(new TypeError('no such thing')) }
  const [failed, report] = await reportOf([
    broken,
    stepOf('next', { isOk: true, note: '', output: '' }),
  ])
  expect(failed).toEqual(['broken'])
  expect(report).toContain('TypeError: no such thing')
  expect(report).toContain('ok      next')
})
