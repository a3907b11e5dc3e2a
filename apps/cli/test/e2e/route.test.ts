import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { halfrate, requests, writeInput } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const inMinutes = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString()

test('route says how requests are best sent, why, and what both ways cost, and makes no store', async () => {
  const cwd = temporaryFolder()
  const input = writeInput(cwd, requests(2))
  const ask = (...words: readonly string[]) => halfrate(['route', input, ...words], { cwd })
  const plain = await ask()
  expect(plain.code, plain.stderr).toBe(0)
  expect(plain.stdout).toContain('2 requests: in a batch, since nothing speaks against a batch')
  expect(plain.stdout).toMatch(/estimate \$\S+ in batch, \$\S+ in real time for all/)
  const near = await ask('--by', inMinutes(20), '--json')
  expect(near.code, near.stderr).toBe(0)
  expect(JSON.parse(near.stdout)).toMatchObject({
    type: 'route',
    queue: 'default',
    rows: 2,
    advised: [{ route: 'realtime', reason: 'deadline_near', rows: 2, in_time: true }],
    batch_from: 'prior',
    unpriced: 0,
  })
  const waited = await ask('--waiting', '--queue', 'desk', '--json')
  expect(JSON.parse(waited.stdout)).toMatchObject({
    queue: 'desk',
    advised: [{ route: 'realtime', reason: 'waiting' }],
  })
  const late = await ask('--by', inMinutes(0.5))
  expect([late.code, late.stdout]).toEqual([2, expect.stringContaining('2 requests: no route')])
  expect(existsSync(join(cwd, 'halfrate.db'))).toBe(false)
})

test('route refuses an input without requests', async () => {
  const cwd = temporaryFolder()
  const { code, stderr } = await halfrate(['route', writeInput(cwd, [])], { cwd })
  expect(code).toBe(1)
  expect(stderr).toContain('Nothing was looked at. Check the file.')
})
