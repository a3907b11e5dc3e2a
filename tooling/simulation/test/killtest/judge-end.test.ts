import { expect, it } from 'vitest'
import { type Command, endProblem } from '../../src/killtest/judge-end.js'
import { type CliEnd, CliProcess } from '../../src/killtest/kept-process.js'

const NOTHING: CliEnd = {
  code: null,
  signal: null,
  said: '',
  errors: '',
  wasAsked: false,
  wasKilled: false,
  startedMs: 0,
}

function problemOf(
  end: Partial<CliEnd>,
  command: Command = 'work',
  wasDatabaseDown = false,
  wasStoreMade = true,
) {
  return endProblem({ ...NOTHING, ...end }, { command, wasDatabaseDown, wasStoreMade })
}

/** A real process of the command that runs this before anything else. */
function processThatDoes(script: string): CliProcess {
  return new CliProcess(['--help'], { nodeArgs: ['--import', `data:text/javascript,${script}`] })
}

it('excuses a kill of ours, and no other death', async () => {
  const killed = processThatDoes('await new Promise((go) => setTimeout(go, 100_000))')
  killed.kill()
  const end = await killed.ended
  expect(end.signal).toBe('SIGKILL')
  expect(problemOf(end)).toBeNull()
  expect(problemOf({ ...end, wasKilled: false })).toContain('work ended with SIGKILL')
})

it('reports an abort with the last lines of the error output', async () => {
  const script = "(await import('fs')).writeSync(2, 'the last thing\\n'); process.abort()"
  const end = await processThatDoes(encodeURIComponent(script)).ended
  const problem = problemOf(end)
  expect(problem).toContain('work ended with SIGABRT')
  expect(problem).toContain('the last thing')
})

it('reports a process that ran out of memory', async () => {
  const fill = 'const all = []; for (;;) all.push({})'
  const process = new CliProcess(['--help'], {
    nodeArgs: ['--max-old-space-size=8', '--import', `data:text/javascript,${fill}`],
  })
  expect(problemOf(await process.ended)).toContain('heap out of memory')
})

it('reports an abort also of a process that was told to stop, or that a kill came too late for', async () => {
  const aborts = encodeURIComponent("process.on('SIGTERM', () => process.abort()); ")
  const waits = 'console.log(1); await new Promise((go) => setTimeout(go, 100_000))'
  let tell = (): void => undefined
  const heard = new Promise<void>((resolve) => {
    tell = resolve
  })
  const process = new CliProcess(['--help'], {
    nodeArgs: ['--import', `data:text/javascript,${aborts}${waits}`],
    onLine: () => tell(),
  })
  await heard
  process.ask()
  const end = await process.ended
  expect(problemOf(end)).toContain('SIGABRT')
  expect(problemOf({ ...end, wasKilled: true })).toContain('SIGABRT')
})

it('takes a death by SIGTERM only of who has not begun, or has said its last words', () => {
  const died = { signal: 'SIGTERM', wasAsked: true } as const
  expect(problemOf(died)).toBeNull()
  expect(
    problemOf({ ...died, said: 'stopped; halfrate work goes on with what is left' }),
  ).toBeNull()
  expect(problemOf({ ...died, said: 'done in 18 min: 40 usable        exit 0\n' })).toBeNull()
  expect(problemOf({ ...died, errors: 'interrupted with 40 rows to come; …\n' })).toBeNull()
  expect(problemOf({ ...died, errors: 'store claims.db\nstopping\n' })).toContain('SIGTERM')
  expect(problemOf({ ...died, wasAsked: false })).toContain('SIGTERM')
})

it('takes the exit codes that the help of each command names, where they are due', () => {
  expect(problemOf({ code: 0 }, 'run')).toBeNull()
  expect(problemOf({ code: 0 }, 'work')).toContain('work ended with 0')
  expect(problemOf({ code: 0, wasAsked: true }, 'work')).toBeNull()
  expect(problemOf({ code: 130, wasAsked: true }, 'run')).toBeNull()
  expect(problemOf({ code: 130 }, 'run')).toContain('run ended with 130')
  expect(problemOf({ code: 2, said: '3 of 120 usable' }, 'run')).toBe(
    'run ended with 2: 3 of 120 usable',
  )
  for (const code of [3, 7, 134, 137, 139]) {
    expect(problemOf({ code, wasAsked: true, wasKilled: true }, 'run')).toContain(String(code))
  }
})

it('takes a store that is away only while its database was struck', () => {
  const away = { code: 1, errors: 'The store can not be reached. (code store_unavailable)' }
  expect(problemOf(away, 'run', true)).toBeNull()
  expect(problemOf(away, 'run', false)).toContain('store_unavailable')
  expect(problemOf({ code: 1, errors: 'Something else.' }, 'run', true)).toContain('Something else')
})

it('excuses a worker that comes before there is a store, and no other', () => {
  const errors = 'there is no store, or an older version wrote it. (code store_unavailable)'
  expect(problemOf({ code: 1, errors }, 'work', false, false)).toBeNull()
  expect(problemOf({ code: 1, errors }, 'work', false, true)).toContain('there is no store')
  expect(problemOf({ code: 1, errors }, 'run', false, false)).toContain('there is no store')
})
