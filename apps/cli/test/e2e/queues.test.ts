import { describe, expect, test } from 'vitest'
import { halfrate, requests, startHalfrate, startTestEmulator, writeInput } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

/** A store with a job that is done, in the queue that `run` fills. */
async function usedStore(): Promise<{
  readonly folder: string
  readonly claude: Awaited<ReturnType<typeof startTestEmulator>>
  look(...args: readonly string[]): ReturnType<typeof halfrate>
}> {
  const folder = temporaryFolder()
  const claude = await startTestEmulator()
  const input = writeInput(folder, requests(3))
  await halfrate(['run', input, '-o', 'out.jsonl', ...claude.flags], { cwd: folder })
  const clock = claude.flags.slice(2)
  const look = (...args: readonly string[]): ReturnType<typeof halfrate> =>
    halfrate([...args, ...clock], { cwd: folder })
  return { folder, claude, look }
}

describe('queues', () => {
  test('are listed with what waits, what they do and what holds them back', async () => {
    const { folder, claude, look } = await usedStore()
    const paused = await look('queues', 'pause', 'run', '--note', 'new prompt')
    expect(paused.stdout).toBe(
      'queue run is paused; what is at Claude still comes home. halfrate queues resume run ends it\n',
    )
    const more = writeInput(folder, requests(5), 'more.jsonl')
    const run = startHalfrate(['run', more, '-o', 'more.out', ...claude.flags], { cwd: folder })
    await run.said(/held back: queue run paused by hand .* ago \(new prompt\)/)
    const { stdout } = await look('queues')
    expect(stdout).toMatch(/queue run {4}waiting 5 {4}oldest \d/)
    expect(stdout).toContain('sends at once, batches of up to 100,000 · lost answers: resend')
    expect(stdout).toMatch(/paused by hand .* ago \(new prompt\); halfrate queues resume run/)
    const { queues } = JSON.parse((await look('queues', '--json')).stdout)
    expect(queues).toMatchObject([
      { queue: 'run', waiting: 5, at_claude: 0, answer_lost: 0, paused: { note: 'new prompt' } },
    ])
    expect((await look('queues', 'resume', 'run')).stdout).toBe('queue run goes on\n')
    expect((await run.ended).code).toBe(0)
    expect((await look('queues')).stdout).toMatch(/queue run {4}waiting 0\n/)
  })

  test('keep what is set of their policy, and refuse what can’t be', async () => {
    const { look } = await usedStore()
    const first = await look(
      'queues',
      'set',
      'triage',
      '--flush-count',
      '500',
      '--flush-age',
      '30m',
    )
    expect(first.stdout).toBe(
      'new queue triage: sends at 500 requests, 200 MB or after 30 min, batches of up to 100,000 · lost answers: resend · given up after 3 failures or 3 d\n',
    )
    const near = await look('queues', 'set', 'triaje', '--max-failures', '5')
    expect(near.stdout).toContain('new queue triaje (beside triage, which was there): sends at')
    const flags = ['--accept', 'refused,cut_off', '--on-lost-answer', 'ask', '--max-failures', '5']
    const { stdout } = await look('queues', 'set', 'triage', ...flags, '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      queue: 'triage',
      new: false,
      policy: {
        flush_count: 500,
        flush_age_ms: 1_800_000,
        on_lost_answer: 'ask',
        max_failures: 5,
        accept: ['cut_off', 'refused'],
      },
    })
    expect((await look('queues')).stdout).toContain('accepts cut_off, refused')
    const wrong = async (...args: readonly string[]): Promise<string> => {
      const { code, stderr } = await look('queues', 'set', ...args)
      expect(code).toBe(1)
      return stderr
    }
    expect(await wrong('triage')).toContain('expected something to set, got nothing')
    expect(await wrong('a/b', '--flush-count', '5')).toContain('<name>: "a/b" can\'t be')
    expect(await wrong('triage', '--flush-age', '5 weeks')).toContain('got "5 weeks"')
    expect(await wrong('triage', '--accept', 'usable')).toContain('--accept: expected some of')
    expect(await wrong('triage', '--key-tails', 'yes')).toContain('expected on or off, got "yes"')
    expect(await wrong('triage', '--flush-count', '0')).toContain('--flush-count: expected')
  })

  test('send at times of the day once that is set, until sizes and an age are set in its place', async () => {
    const { look } = await usedStore()
    const zone = ['--flush-time-zone', 'Australia/Sydney']
    const set = await look('queues', 'set', 'night', '--flush-schedule', '0 2 * * *', ...zone)
    expect(set.stdout).toContain('sends by 0 2 * * * in Australia/Sydney, batches of up to 100,000')
    const early = await look('queues', 'set', 'night', '--flush-count', '50', '--json')
    expect(JSON.parse(early.stdout).policy).toMatchObject({
      ...{ flush_schedule: '0 2 * * *', flush_count: 50, flush_age_ms: null },
    })
    const wrong = async (...args: readonly string[]): Promise<string> =>
      (await look('queues', 'set', 'night', ...args)).stderr
    expect(await wrong('--flush-schedule', '0 2 * * *')).toContain(
      '--flush-schedule goes with --flush-time-zone: a time is that of a place.',
    )
    expect(await wrong(...zone)).toContain('--flush-time-zone goes with --flush-schedule')
    expect(await wrong('--flush-schedule', '0 0 30 2 *', ...zone)).toContain('which never does')
    expect(await wrong('--flush-schedule', '0 2', ...zone)).toContain(
      'expected five fields of cron',
    )
    expect(await wrong('--batch-bytes', '0')).toContain('--batch-bytes: expected a whole number')
    const sizes = ['--flush-count', '50', '--flush-bytes', '1000', '--flush-age', '1h']
    const back = await look('queues', 'set', 'night', ...sizes, '--batch-bytes', '2000', '--json')
    expect(JSON.parse(back.stdout).policy).toMatchObject({
      ...{ flush_schedule: null, flush_count: 50, flush_age_ms: 3_600_000, max_batch_bytes: 2000 },
    })
  })

  test('that nobody filled have nothing to flush, and those of another name are not there', async () => {
    const { look } = await usedStore()
    expect((await look('queues', 'flush', 'run')).stdout).toBe('nothing waits in queue run\n')
    for (const args of [
      ['queues', 'flush', 'rum'],
      ['queues', 'pause', 'rum'],
      ['queues', 'resume', 'rum'],
      ['pause', '--queue', 'rum'],
      ['resume', '--queue', 'rum'],
      ['why', 'r1', '--queue', 'rum'],
      ['retry', 'r1', '--queue', 'rum'],
      ['cancel', '--queue', 'rum', '--all'],
    ]) {
      const { code, stdout, stderr } = await look(...args)
      expect([code, stdout], args.join(' ')).toEqual([1, ''])
      expect(stderr).toContain(
        'this store has no queue "rum"; did you mean run?\n  It has run. Nothing was changed;',
      )
    }
    const { queues } = JSON.parse((await look('queues', '--json')).stdout)
    expect(queues.map(({ queue }: { readonly queue: string }) => queue)).toEqual(['run'])
  })
})
