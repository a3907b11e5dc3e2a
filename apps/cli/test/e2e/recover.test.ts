import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { halfrate, requests, startTestEmulator, writeInput } from '../support/cli.js'
import { postBatch } from '../support/post-batch.js'
import { sendAndLeave } from '../support/send-and-leave.js'
import { temporaryFolder } from '../support/temporary-folder.js'

describe('a store that was put back from a backup', () => {
  test('takes in what it lacks, pays nothing twice, and goes on', async () => {
    const folder = temporaryFolder()
    const store = join(folder, 'halfrate.db')
    const backup = join(folder, 'backup.db')
    const claude = await startTestEmulator(['--turnaround', '20h'])
    await sendAndLeave(folder, claude, writeInput(folder, requests(2), 'first.jsonl'))
    copyFileSync(store, backup)
    await sendAndLeave(folder, claude, writeInput(folder, requests(3), 'second.jsonl'))
    for (const end of ['-wal', '-shm']) rmSync(`${store}${end}`, { force: true })
    copyFileSync(backup, store)
    const flags = await claude.advance('21h')
    const recovered = await halfrate(['recover', ...flags], { cwd: folder })
    expect(recovered.code, recovered.stderr).toBe(0)
    expect(recovered.stderr).toContain('recovered: 1 batch taken in')
    expect(recovered.stderr).toContain('3 rows that this store had lost')
    const look = (...args: readonly string[]): ReturnType<typeof halfrate> =>
      halfrate([...args, ...flags.slice(2)], { cwd: folder })
    const rows = await look('results', '--job', 'recovered-batches')
    expect(rows.code, rows.stderr).toBe(0)
    expect(rows.stdout.trimEnd().split('\n')).toHaveLength(3)
    const first = ['run', 'first.jsonl', '-o', 'first-out.jsonl', ...flags]
    expect((await halfrate(first, { cwd: folder })).code).toBe(0)
    expect(await claude.ledger('batches')).toHaveLength(2)
    expect((await look('verify')).stdout).toContain('everything holds')
  })
})

describe('a batch that was made elsewhere', () => {
  test('is adopted as a job, when it has ended', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator(['--turnaround', '20h'])
    const input = writeInput(folder, requests(1))
    await sendAndLeave(folder, claude, input)
    const id = await postBatch(claude, { 'theirs-1': 'hi', 'theirs-2': 'hi' })
    const early = await halfrate(['adopt', id, ...claude.flags], { cwd: folder })
    expect(early.code).toBe(1)
    expect(early.stderr).toContain('has not ended')
    const flags = await claude.advance('21h')
    const adopted = await halfrate(['adopt', id, '--job', 'spring', ...flags], { cwd: folder })
    expect(adopted, adopted.stderr).toMatchObject({ code: 0 })
    expect(adopted.stdout).toContain(`adopted: 2 rows of ${id} go to job spring`)
    const worked = await halfrate(['work', '--once', ...flags], { cwd: folder })
    expect(worked.code, worked.stderr).toBe(0)
    const rows = await halfrate(['results', '--job', 'spring', ...flags.slice(2)], { cwd: folder })
    const written = rows.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly key: string; readonly status: string })
    expect(written.map(({ key, status }) => `${key} ${status}`).sort()).toEqual([
      'theirs-1 succeeded',
      'theirs-2 succeeded',
    ])
    const again = await halfrate(['adopt', id, ...flags], { cwd: folder })
    expect(again.stdout).toContain('already')
    const none = await halfrate(['adopt', 'msgbatch_none', ...flags], { cwd: folder })
    expect(none.stderr).toContain('there is no batch msgbatch_none in this workspace')
  })
})
