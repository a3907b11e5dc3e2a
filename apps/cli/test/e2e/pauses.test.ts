import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  halfrate,
  request,
  requests,
  startHalfrate,
  startTestEmulator,
  writeInput,
} from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

describe('when Claude takes no batch of the account', () => {
  test.each([
    ['authentication', 'Claude refuses the API key'],
    ['own_limit', 'a spend limit is reached'],
  ])('(%s) a run waits, says why, and goes on by itself', async (error, words) => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator()
    await claude.fault([{ op: 'create', error }])
    const input = writeInput(folder, requests(40))
    const run = startHalfrate(['run', input, '-o', 'out.jsonl', ...claude.flags], { cwd: folder })
    await run.said(new RegExp(`held back: ${words}`))
    const why = await halfrate(['why', 'r3', ...claude.flags.slice(2)], { cwd: folder })
    expect(why.stdout).toMatch(/next {3}(held back|it goes|being sent|waiting)/)
    await fetch(`${claude.url}/_emulator/faults`, { method: 'DELETE' })
    const { code, stderr } = await run.ended
    expect(code, stderr).toBe(0)
    const counts = (await claude.ledger('posts')).map(({ count }) => count)
    // The first batch, single requests that probe until one is taken, and the rest.
    expect([counts.at(0), counts.at(-1)]).toEqual([40, 39])
    expect(new Set(counts.slice(1, -1))).toEqual(new Set([1]))
  })
})

test('one row among 2,000 that makes Claude refuse its batch fails alone, for fewer than 64 batches', async () => {
  const folder = temporaryFolder()
  const claude = await startTestEmulator(['--turnaround', '2m-4m', '--clock-factor', '1200'])
  await claude.fault([{ op: 'row', containing: 'a drop of poison', refused: true }])
  const rows = [...requests(1_999)]
  rows.splice(1_234, 0, request('bad', 'a drop of poison'))
  const input = writeInput(folder, rows)
  const run = await halfrate(['run', input, '-o', 'out.jsonl', ...claude.flags], { cwd: folder })
  expect(run.code, run.stderr).toBe(2)
  const lines = readFileSync(join(folder, 'out.jsonl'), 'utf8').trimEnd().split('\n')
  const failed = lines.map((line) => JSON.parse(line)).filter(({ status }) => status === 'failed')
  expect(failed).toMatchObject([{ key: 'bad', error: { code: 'rejected' } }])
  expect(failed[0].error.message).toContain('Synthetic refusal of the batch')
  expect((await claude.ledger('posts')).length).toBeLessThanOrEqual(64)
})

test('many such rows rest for an hour after 64 batches; it is said why, and all others come home', async () => {
  const folder = temporaryFolder()
  const claude = await startTestEmulator(['--turnaround', '2m-4m', '--clock-factor', '240'])
  await claude.fault([{ op: 'row', containing: 'a drop of poison', refused: true }])
  const rows = requests(140).map((row, index) =>
    index % 14 === 3 ? request(`bad-${index}`, 'a drop of poison') : row,
  )
  const input = writeInput(folder, rows)
  const run = startHalfrate(['run', input, '-o', 'out.jsonl', ...claude.flags], { cwd: folder })
  await run.said(/held back: Claude refuses batches for something in them; 64 tries did not find/)
  const status = await halfrate(['status', ...claude.flags.slice(2)], { cwd: folder })
  expect(status.stdout).toMatch(/held back: Claude refuses batches for something in them/)
  const { code, stderr } = await run.ended
  expect(code, stderr).toBe(2)
  const lines = readFileSync(join(folder, 'out.jsonl'), 'utf8').trimEnd().split('\n')
  const failed = lines.map((line) => JSON.parse(line)).filter(({ status }) => status === 'failed')
  expect([lines.length, failed.length]).toEqual([140, 10])
  expect(new Set(failed.map(({ error }) => error.code))).toEqual(new Set(['rejected']))
})

describe('pause and resume', () => {
  test('hold back a queue until a hand ends it, and say so', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator()
    const clock = claude.flags.slice(2)
    const input = writeInput(folder, requests(3))
    await halfrate(['run', input, '-o', 'out.jsonl', ...claude.flags], { cwd: folder })
    const paused = await halfrate(['pause', '--note', 'new prompt', ...clock], { cwd: folder })
    expect(paused.stderr).toBe(
      'paused; what is at Claude still comes home. halfrate resume ends it\n',
    )
    const more = writeInput(folder, requests(5), 'more.jsonl')
    const run = startHalfrate(['run', more, '-o', 'more.out', ...claude.flags], { cwd: folder })
    await run.said(/held back: paused by hand .* ago \(new prompt\)/)
    const status = await halfrate(['status', ...clock], { cwd: folder })
    expect(status.stdout).toMatch(/held back: paused by hand/)
    const why = await halfrate(['why', 'r4', '--job', 'more', ...clock], { cwd: folder })
    expect(why.stdout).toMatch(/next {3}held back: paused by hand/)
    expect((await halfrate(['resume', ...clock], { cwd: folder })).stderr).toBe('resumed\n')
    expect((await run.ended).code).toBe(0)
    expect((await halfrate(['resume', ...clock], { cwd: folder })).stderr).toBe(
      'nothing was paused\n',
    )
  })

  test.each([
    ['--all', 'the whole store '],
    ['--project=default', 'project default '],
  ])('with %s hold everything until a resume with it, and say so', async (flag, what) => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator()
    const clock = claude.flags.slice(2)
    const input = writeInput(folder, requests(3))
    const how = flag.replace('=', ' ')
    const look = (...args: readonly string[]): ReturnType<typeof halfrate> =>
      halfrate([...args, ...clock], { cwd: folder })
    await look('enqueue', input, '--queue', 'triage')
    const paused = await look('pause', flag, '--note', 'too dear')
    expect(paused.stderr).toBe(
      `${what}is paused; what is at Claude still comes home. halfrate resume ${how} ends it\n`,
    )
    expect((await look('pause', flag)).stderr).toContain(`${what}was paused already. `)
    const work = ['work', '--once', ...claude.flags]
    const once = await halfrate(work, { cwd: folder })
    const held = new RegExp(
      `${what}paused by hand .* ago \\(too dear\\); halfrate resume ${how} ends`,
    )
    expect(once.stderr).toMatch(held)
    for (const args of [
      ['status'],
      ['queues'],
      ['why', 'r1', '--queue', 'triage'],
      ['doctor', '--json', ...claude.flags.slice(0, 2)],
    ]) {
      expect((await look(...args)).stdout.replace(/\s+/g, ' '), args[0]).toMatch(held)
    }
    const wrong = await look('resume')
    expect(wrong.stderr).toMatch(/^nothing was paused\nstill /)
    expect(wrong.stderr).toMatch(held)
    expect(await claude.ledger('posts')).toEqual([])
    expect((await look('resume', flag, '--json')).stdout).toContain('"changed":true')
    await halfrate(work, { cwd: folder })
    expect((await claude.ledger('posts')).map(({ count }) => count)).toEqual([3])
  })

  test('name the command that ends a pause, with its store and its queue', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator()
    const clock = claude.flags.slice(2)
    const input = writeInput(folder, requests(3))
    const elsewhere = ['--store', 'claims/s.db']
    mkdirSync(join(folder, 'claims'))
    const look = (...args: readonly string[]): ReturnType<typeof halfrate> =>
      halfrate([...args, ...elsewhere, ...clock], { cwd: folder })
    await look('enqueue', input, '--queue', 'triage')
    expect((await look('pause', '--queue', 'triage')).stderr).toContain(
      '. halfrate resume --queue triage --store claims/s.db ends it\n',
    )
    const args = ['work', '--once', ...elsewhere, ...claude.flags]
    const once = await halfrate(args, { cwd: folder })
    const typed = /held back: queue triage .*; halfrate (resume .*) ends it\n/.exec(
      once.stderr,
    )?.[1]
    expect(typed, once.stderr).toBe('resume --queue triage --store claims/s.db')
    const ended = await halfrate([...(typed ?? '').split(' '), ...clock], { cwd: folder })
    expect(ended.stderr).toBe('resumed\n')
    const wrong = await halfrate(['pause', '--queue', 'a/b'], { cwd: folder })
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('--queue: "a/b"')])
  })
})
