import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { halfrate, requests, writeInput } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

/** A folder, and what a command says in it, whatever the width of its lines. */
function place() {
  const cwd = temporaryFolder()
  const ask = async (...words: readonly string[]) => {
    const { code, stdout, stderr } = await halfrate(words, { cwd })
    return { code, said: stdout.replaceAll(/\s+/g, ' '), stdout, stderr }
  }
  const fileOf = (...keys: readonly string[]): string => {
    const rows = requests(keys.length).map((each, index) => ({ ...each, key: keys[index] }))
    return writeInput(cwd, rows, `${keys[0]}.jsonl`)
  }
  return { cwd, ask, fileOf }
}

const RULES = ['--routing', 'rules', '--when-few', 'realtime'] as const

test('a queue has called what comes alone while it has few requests a day, and says so', async () => {
  const { ask, fileOf } = place()
  expect((await ask('enqueue', fileOf('first'), '--queue', 'other')).code).toBe(0)
  const set = await ask('queues', 'set', 'desk', ...RULES, '--few-a-day', '2')
  expect([set.code, set.said]).toEqual([
    0,
    expect.stringContaining('in real time what comes alone, of fewer than 2 a day'),
  ])
  expect((await ask('queues')).said).toContain('what comes alone, of fewer than 2 a day')
  const { queues } = JSON.parse((await ask('queues', '--json')).stdout)
  expect(queues).toMatchObject([
    { queue: 'desk', policy: { when_few: 'realtime', few_a_day: 2 } },
    { queue: 'other', policy: { when_few: 'batch', few_a_day: 100 } },
  ])
  const advised = await ask('route', fileOf('a'), '--queue', 'desk')
  expect(advised.said).toContain(
    'fewer than 2 requests a day (0) and none to share a batch with, and the queue says real time then',
  )
  const alone = await ask('enqueue', fileOf('a'), '--queue', 'desk')
  expect([alone.code, alone.said]).toEqual([0, expect.stringContaining('in real time')])
  const why = await ask('why', 'a', '--queue', 'desk')
  expect(why.said).toContain(
    'to be asked in real time, since there are few of its queue, and none to share a batch with',
  )
  const whyObject = await ask('why', 'a', '--queue', 'desk', '--json')
  expect(JSON.parse(whyObject.stdout)).toMatchObject({ route: 'realtime', route_why: 'few' })
  const both = await ask('enqueue', fileOf('b', 'c'), '--queue', 'desk', '--json')
  expect(JSON.parse(both.stdout)).toMatchObject({ new: 2, in_real_time: 0 })
  const many = await ask('route', fileOf('d'), '--queue', 'desk', '--json')
  expect(JSON.parse(many.stdout)).toMatchObject({
    advised: [{ route: 'batch', reason: 'default' }],
  })
})

test('the config file says it too, and what can’t be few is refused with what can', async () => {
  const { cwd, ask, fileOf } = place()
  const write = (desk: object): void =>
    writeFileSync(join(cwd, 'halfrate.config.json'), JSON.stringify({ queues: { desk } }))
  expect((await ask('enqueue', fileOf('first'), '--queue', 'other')).code).toBe(0)
  write({ routing: 'rules', whenFew: 'realtime', fewADay: 1 })
  expect((await ask('apply')).code).toBe(0)
  const alone = await ask('enqueue', fileOf('a'), '--queue', 'desk', '--json')
  expect(JSON.parse(alone.stdout), alone.stderr).toMatchObject({ new: 1, in_real_time: 1 })
  const next = await ask('enqueue', fileOf('b'), '--queue', 'desk', '--json')
  expect(JSON.parse(next.stdout)).toMatchObject({ new: 1, in_real_time: 0 })
  write({ fewADay: 0 })
  const wrong = await ask('apply')
  expect([wrong.code, wrong.stderr]).toEqual([
    1,
    expect.stringContaining('queues.desk.fewADay: expected a whole number from 1 to 1000'),
  ])
  write({})
  const refused = async (...words: readonly string[]): Promise<string> => {
    const { code, stderr } = await ask('queues', 'set', 'other', ...words)
    expect(code).toBe(1)
    return stderr
  }
  expect(await refused('--when-few', 'call')).toContain(
    '--when-few: expected batch or realtime, got "call"',
  )
  expect(await refused('--few-a-day', '1001')).toContain(
    '--few-a-day: expected a whole number from 1 to 1000',
  )
})
