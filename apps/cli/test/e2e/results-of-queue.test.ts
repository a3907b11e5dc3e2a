import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { halfrate, requests, startTestEmulator, writeInput } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

type Answer = Awaited<ReturnType<typeof halfrate>>

// A queue with a batch of three that was answered an hour ago, and a request that waits.
async function place(): Promise<{
  readonly folder: string
  readonly look: (...args: readonly string[]) => Promise<Answer>
  /** The same started by a script, which has the command as its arguments. */
  readonly lookThrough: (script: string, ...args: readonly string[]) => Promise<Answer>
  readonly advance: (span: string) => Promise<void>
  readonly work: () => Promise<void>
  readonly claude: Awaited<ReturnType<typeof startTestEmulator>>
}> {
  const folder = temporaryFolder()
  // At the speed of real time: what was done five minutes ago is no matter of how busy the machine is.
  const claude = await startTestEmulator(['--turnaround', '1h', '--clock-factor', '1'])
  let clock = claude.flags.slice(2)
  const look = (...args: readonly string[]): Promise<Answer> =>
    halfrate([...args, ...clock], { cwd: folder })
  const lookThrough = (script: string, ...args: readonly string[]): Promise<Answer> =>
    halfrate([...args, ...clock], { cwd: folder, through: ['bash', '-c', script, 'bash'] })
  const advance = async (span: string): Promise<void> => {
    clock = [...(await claude.advance(span))].slice(2)
  }
  const work = async (): Promise<void> => {
    const { code, stderr } = await halfrate(
      ['work', '--once', ...claude.flags.slice(0, 2), ...clock],
      { cwd: folder },
    )
    expect(code, stderr).toBe(0)
  }
  return { folder, look, lookThrough, advance, work, claude }
}

test('the answers of a queue are written, once each over readings with --after', async () => {
  const { folder, look, advance, work, claude } = await place()
  await claude.fault([{ op: 'row', stopReason: 'max_tokens', times: 1 }])
  await look('enqueue', writeInput(folder, requests(3)), '--queue', 'triage')
  await look('queues', 'flush', 'triage')
  await work()
  await advance('2h')
  await work()
  await look('enqueue', writeInput(folder, requests(4)), '--queue', 'triage')
  const all = await look('results', '--queue', 'triage')
  expect(all.code).toBe(2)
  expect(all.stdout.trimEnd().split('\n')).toHaveLength(3)
  expect(all.stderr).toBe('wrote 3 answers; 1 request not done yet\n')
  await advance('1h')
  const first = await look('results', '--queue', 'triage', '--after', 'start', '-o', 'first.csv')
  expect(first.code, first.stderr).toBe(2)
  expect(readFileSync(join(folder, 'first.csv'), 'utf8').trimEnd().split('\r\n')).toHaveLength(4)
  const next = /what comes after these: (.*)\n$/.exec(first.stderr)?.[1] ?? ''
  expect(next).toMatch(/^halfrate results --queue triage --after [0-9a-z.]+$/)
  await look('queues', 'flush', 'triage')
  await work()
  await advance('2h')
  await work()
  const [cursor = ''] = next.split(' ').slice(-1)
  const soon = await look('results', '--queue', 'triage', '--after', cursor, '--json')
  expect([soon.code, soon.stdout]).toEqual([0, ''])
  expect(JSON.parse(soon.stderr)).toMatchObject({ rows: 0, next_time: 1, not_done: 0 })
  await advance('1h')
  const later = await look(
    ...['results', '--queue', 'triage', '--after', cursor, '--json', '-o', 'later.jsonl'],
  )
  expect(JSON.parse(later.stdout)).toEqual({
    ...{ type: 'results', queue: 'triage', rows: 1, not_usable: 0, not_done: 0, next_time: 0 },
    ...{ after: expect.stringMatching(/^[0-9a-z.]+$/), exit_code: 0 },
    output: expect.stringMatching(/later\.jsonl$/),
  })
  expect(JSON.parse(readFileSync(join(folder, 'later.jsonl'), 'utf8'))).toMatchObject({ key: 'r4' })
  const since = await look('results', '--queue', 'triage', '--since', '90m')
  expect(since.stdout).toMatch(/^\{"key":"r4"/)
  expect(since.stderr).toBe('wrote 1 answer\n')
})

test('what can not be asked of a queue is refused, and writes nothing', async () => {
  const { folder, look } = await place()
  await look('enqueue', writeInput(folder, requests(1)), '--queue', 'triage')
  const refused = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await look('results', ...args)
    expect([code, stdout], stderr).toEqual([1, ''])
    return stderr
  }
  const triage = ['--queue', 'triage']
  expect(await refused('--queue', 'rum')).toContain('this store has no queue "rum"')
  expect(await refused(...triage, '--job', 'june')).toContain("--job and --queue can't go together")
  expect(await refused(...triage, '--since', '1d', '--after', 'start')).toContain(
    "--since and --after can't go together",
  )
  expect(await refused('--since', '1d')).toContain('--since: expected --queue beside it')
  expect(await refused(...triage, '--after', 'yesterday')).toContain('got "yesterday"')
  expect(await refused(...triage, '--since', 'yesterday')).toContain('--since: expected a time')
})

test('of standard output that has no room for the last row no cursor is given', async () => {
  const { folder, look, lookThrough, advance, work } = await place()
  await look('enqueue', writeInput(folder, requests(3)), '--queue', 'triage')
  await look('queues', 'flush', 'triage')
  await work()
  await advance('2h')
  await work()
  await advance('1h')
  const reading = ['results', '--queue', 'triage', '--after', 'start']
  const { stdout } = await look(...reading)
  // No file may be longer than this here, so the last row finds room for all but its end.
  const limit = 102_400
  const filled = limit - stdout.length + 10
  const script = `head -c ${filled} /dev/zero > full.jsonl; ulimit -f ${limit / 1024}; "$@" >> full.jsonl`
  const cut = await lookThrough(script, ...reading)
  expect(readFileSync(join(folder, 'full.jsonl'))).toHaveLength(limit)
  expect(cut.code, cut.stderr).toBe(1)
  expect(cut.stderr).toMatch(/^-o -: EFBIG: /)
  const whole = await lookThrough('echo before > whole.jsonl; "$@" >> whole.jsonl', ...reading)
  expect(whole.code, whole.stderr).toBe(0)
  expect(readFileSync(join(folder, 'whole.jsonl'), 'utf8')).toBe(`before\n${stdout}`)
  if (!existsSync('/dev/full')) return
  const full = await lookThrough('"$@" > /dev/full', ...reading)
  expect(full.code).toBe(1)
  expect(full.stderr).toMatch(/^-o -: the disk is full\.\n/)
})
