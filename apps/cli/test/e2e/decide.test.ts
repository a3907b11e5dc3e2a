import { describe, expect, test } from 'vitest'
import { halfrate, requests, startHalfrate, startTestEmulator, writeInput } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

/** A run whose only batch got no answer and never reached the provider, up to the question what to do about it. */
async function askedFolder(): Promise<{
  readonly folder: string
  readonly claude: Awaited<ReturnType<typeof startTestEmulator>>
  readonly number: string
  look(...args: readonly string[]): ReturnType<typeof halfrate>
}> {
  const folder = temporaryFolder()
  const claude = await startTestEmulator()
  await claude.fault([{ op: 'create', loseRequest: true, times: 1 }])
  const input = writeInput(folder, requests(3))
  const flags = ['-o', 'out.jsonl', '--on-lost-answer', 'ask', ...claude.flags]
  const run = startHalfrate(['run', input, ...flags], { cwd: folder })
  await run.said(/decision_needed/)
  run.child.kill('SIGINT')
  const { stderr } = await run.ended
  const number = /halfrate decide (\d+) resend/.exec(stderr)?.[1] ?? ''
  const clock = claude.flags.slice(2)
  const look = (...args: readonly string[]): ReturnType<typeof halfrate> =>
    halfrate([...args, ...clock], { cwd: folder })
  return { folder, claude, number, look }
}

describe('a batch that needs a decision', () => {
  test('is shown by status and why, is sent again when told so, and is decided once', async () => {
    const { folder, claude, number, look } = await askedFolder()
    expect((await look('status')).stdout).toMatch(
      new RegExp(`it is not at Claude: decide\\s+\\(halfrate decide ${number} resend, or fail\\)`),
    )
    const json = JSON.parse((await look('status', '--json')).stdout)
    const asking = { batch_number: Number(number), state: 'answer_lost', decision_needed: true }
    expect(json.batches).toMatchObject([asking])
    const life = JSON.parse((await look('why', 'r1', '--json')).stdout)
    expect(life).toMatchObject({ state: 'answer_lost', attempts: [{ batch_state: 'answer_lost' }] })
    expect((await look('why', 'r1')).stdout).toContain(`halfrate decide ${number} resend, or fail`)
    const decided = await look('decide', number, 'resend')
    expect(decided).toMatchObject({ code: 0, stderr: '' })
    expect(decided.stdout).toBe(
      'decided: 3 rows wait again and go into the next batch (halfrate work)\n',
    )
    const again = await look('decide', number, 'fail')
    expect(again.code).toBe(1)
    expect(again.stderr).toContain(`there is nothing to decide about batch ${number}`)
    const resumed = ['run', 'requests.jsonl', '-o', 'out.jsonl', ...claude.flags]
    expect((await halfrate(resumed, { cwd: folder })).code).toBe(0)
    expect(await claude.ledger('batches')).toHaveLength(1)
    expect((await look('why', 'r1')).stdout).toMatch(/and\s+somebody decided: resend/)
  })

  test('ends its rows as possibly paid when told to fail them', async () => {
    const { folder, claude, number, look } = await askedFolder()
    expect((await look('decide', number, 'fail')).stdout).toContain('nothing is sent again')
    const resumed = ['run', 'requests.jsonl', '-o', 'out.jsonl', ...claude.flags]
    const { code, stdout } = await halfrate(resumed, { cwd: folder })
    expect(code).toBe(2)
    expect(stdout).toContain('3 failed')
    expect(await claude.ledger('batches')).toHaveLength(0)
    expect((await look('why', 'r1')).stdout).toContain('failed: possibly paid')
  })

  test('must be one of this store, and the word one of two', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator()
    const input = writeInput(folder, requests(1))
    await halfrate(['run', input, '-o', 'out.jsonl', ...claude.flags], { cwd: folder })
    const unknown = await halfrate(['decide', '5', 'resend'], { cwd: folder })
    expect(unknown.code).toBe(1)
    expect(unknown.stderr).toContain('there is no batch 5 in this store.')
    expect(unknown.stderr).toContain('halfrate status shows the number')
    const word = await halfrate(['decide', '5', 'maybe'], { cwd: folder })
    expect(word.stderr).toContain('<what>: expected resend or fail, got "maybe".')
  })
})

describe('after nobody worked for a while', () => {
  test('work waits when it is told to, and status says what for', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator(['--turnaround', '20h'])
    const input = writeInput(folder, requests(2))
    const run = ['run', input, '-o', 'out.jsonl', ...claude.flags]
    const diesSaying = /rows: at Claude/
    expect((await halfrate(run, { cwd: folder, diesSaying })).code).toBeNull()
    await fetch(`${claude.url}/_emulator/foreign`, {
      ...{ method: 'POST', body: JSON.stringify({ turnaround_ms: 72_000_000 }) },
    })
    const flags = await claude.advance('1h')
    const once = ['work', '--once', '--after-absence', 'wait', ...flags]
    const worked = await halfrate(once, { cwd: folder })
    expect(worked.stderr).toMatch(
      /nothing is sent: nobody worked for a while; 1 batch made meanwhile/,
    )
    expect(worked.stderr).toMatch(/held back: nobody worked for a while; 1 batch made meanwhile/)
    const status = await halfrate(['status', ...flags.slice(2)], { cwd: folder })
    expect(status.stdout).toMatch(/held back: nobody worked for a while; 1 batch/)
  })
})
