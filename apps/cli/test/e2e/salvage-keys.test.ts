import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { request, startTestEmulator, writeInput } from '../support/cli.js'
import { act, customId, rowsOf, salvage } from '../support/lost-store.js'
import { postBatch } from '../support/post-batch.js'
import { temporaryFolder } from '../support/temporary-folder.js'

// Their tails are the same: the first 32 bits of their digests are, and so are their ends.
const ALIKE = ['claims/15547/documents/summary.md', 'claims/33187/documents/summary.md'] as const
const LONG_KEY = 'claims/2026/november/letter 8812.md'

/** An emulator with batches that have ended, each made of custom ids and what they asked. */
async function ended(...batches: readonly Readonly<Record<string, string>>[]) {
  const claude = await startTestEmulator(['--turnaround', '10m'])
  const ids: string[] = []
  for (const batch of batches) {
    ids.push(await postBatch(claude, batch))
    await act(claude, 'advance', { by: '1h' })
  }
  return { claude, ids, folder: temporaryFolder() }
}

describe('the key of a result', () => {
  test('is that of its id, where it stands there whole', async () => {
    const { claude, folder } = await ended({
      [customId(8, 'a', 'claim-8812')]: 'one',
      [customId(7, 'a', null)]: 'two',
    })
    const { code, stdout, stderr } = await salvage(folder, claude)
    expect(code, stderr).toBe(0)
    expect(rowsOf(stdout).map(({ key, key_from }) => [key, key_from])).toEqual([
      [null, null],
      ['claim-8812', 'id'],
    ])
    expect(stderr).toContain('keys: 1 whole in their ids\n')
    expect(stderr).toContain('key not known: 1 have nothing of it in their ids; ')
  })

  test('is found in the input, where its id has a part of it, and never guessed', async () => {
    const { claude, folder } = await ended({
      [customId(1, 'a', LONG_KEY)]: 'one',
      [customId(2, 'a', ALIKE[0])]: 'two',
      [customId(3, 'a', 'claims/2025/may/letter 1.md')]: 'three',
    })
    writeInput(folder, [request(LONG_KEY), ...ALIKE.map((key) => request(key)), request('other')])
    const { stdout, stderr } = await salvage(folder, claude, '--input', 'requests.jsonl')
    expect(rowsOf(stdout).map(({ key, key_from }) => [key, key_from])).toEqual([
      [LONG_KEY, 'input'],
      [null, null],
      [null, null],
    ])
    expect(stderr).toContain('keys: 1 found in requests.jsonl\n')
    expect(stderr).toContain(
      'key not known: 1 have ids that fit no key of requests.jsonl\nkey not known: 1 have ids that fit several keys of requests.jsonl\n',
    )
    const without = await salvage(folder, claude)
    expect(without.stderr).toContain(
      'key not known: 3 have only a part of it in their ids; --input FILE finds the rest',
    )
  })

  test('is found in rows and documents too', async () => {
    const { claude, folder } = await ended({ [customId(1, 'a', LONG_KEY)]: 'one' })
    const inputs: Readonly<Record<string, string>> = {
      'rows.csv': `id;text\n${LONG_KEY};some\nother;some\n`,
      'rows.jsonl': `{"id": "${LONG_KEY}", "text": "some"}\n`,
      'named.jsonl': `{"file": "${LONG_KEY}", "text": "some"}\n`,
      [LONG_KEY]: 'Dear all',
    }
    mkdirSync(dirname(join(folder, LONG_KEY)), { recursive: true })
    for (const [name, text] of Object.entries(inputs)) writeFileSync(join(folder, name), text)
    const keyWith = async (...args: readonly string[]) => {
      const { stdout, stderr } = await salvage(folder, claude, '--input', ...args)
      return rowsOf(stdout)[0]?.key ?? stderr
    }
    expect(await keyWith('rows.csv')).toBe(LONG_KEY)
    expect(await keyWith('rows.jsonl')).toBe(LONG_KEY)
    expect(await keyWith('named.jsonl', '--key-column', 'file')).toBe(LONG_KEY)
    expect(await keyWith('claims/**/*.md')).toBe(LONG_KEY)
  })
})

describe('several results', () => {
  test('of one key are all kept, the best first, and marked', async () => {
    const cutOff = { op: 'row', stopReason: 'max_tokens', containing: 'cut me' }
    const claude = await startTestEmulator(['--turnaround', '10m'])
    const folder = temporaryFolder()
    await claude.fault([cutOff])
    const post = async (batch: Readonly<Record<string, string>>) => {
      const id = await postBatch(claude, batch)
      await act(claude, 'advance', { by: '1h' })
      return id
    }
    const first = await post({
      [customId(1, 'a', 'r1')]: 'cut me',
      [customId(2, 'a', 'r2')]: 'fine',
    })
    // The same request sent twice, and a newer one under the key of the first.
    const twin = await post({ [customId(2, 'b', 'r2')]: 'fine' })
    const retry = await post({ [customId(9, 'c', 'r1')]: 'longer' })
    const { code, stdout, stderr } = await salvage(folder, claude)
    expect(code, stderr).toBe(0)
    const rows = rowsOf(stdout).map((row) => ({
      where: `${row.key} ${row.batch_id}`,
      how: `${row.error?.code ?? 'usable'} ${row.result}/${row.results}`,
    }))
    expect(rows).toEqual([
      { where: `r1 ${retry}`, how: 'usable 1/2' },
      { where: `r1 ${first}`, how: 'cut_off 2/2' },
      { where: `r2 ${first}`, how: 'usable 1/2' },
      { where: `r2 ${twin}`, how: 'usable 2/2' },
    ])
    expect(stderr).toContain('2 rows behind a better one of the same key')
  })

  test('that are the same line twice are one, and two that contradict each other are two', async () => {
    const { claude, folder } = await ended({
      [customId(1, 'a', null)]: 'one',
      [customId(2, 'a', null)]: 'two',
    })
    await claude.fault([{ op: 'results', duplicateLines: 2, times: 1 }])
    expect(rowsOf((await salvage(folder, claude)).stdout)).toHaveLength(2)
    await claude.fault([{ op: 'results', conflictingLines: 1, times: 1 }])
    const rows = rowsOf((await salvage(folder, claude)).stdout)
    expect(rows.map(({ results }) => results).sort()).toEqual([1, 2, 2])
  })
})
