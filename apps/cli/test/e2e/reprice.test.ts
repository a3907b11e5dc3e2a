import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { halfrate, requests, startTestEmulator, writeInput } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const UNKNOWN = 'claude-mythos-5-2'
const CONTRACT = {
  [UNKNOWN]: {
    ...{ input: 2, output: 10, cache_write_5m: 2.5, cache_write_1h: 4, cache_read: 0.2 },
    source: 'our contract of 2026-11-01',
  },
}

function withUnknown(row: object): object {
  const { params } = row as { readonly params: object }
  return { ...row, params: { ...params, model: UNKNOWN } }
}

async function folderWithUnknown(): Promise<string> {
  const folder = temporaryFolder()
  const claude = await startTestEmulator()
  const rows = requests(3).map((row, index) => (index === 0 ? row : withUnknown(row)))
  const input = writeInput(folder, rows)
  await halfrate(['run', input, '-o', 'out.jsonl', '--yes', ...claude.flags], { cwd: folder })
  return folder
}

function addPrices(folder: string): void {
  writeFileSync(join(folder, 'prices.json'), JSON.stringify(CONTRACT))
  writeFileSync(join(folder, 'halfrate.config.json'), '{"prices": "prices.json"}')
}

describe('halfrate reprice', () => {
  test('names the models whose prices nobody knows, and changes nothing', async () => {
    const folder = await folderWithUnknown()
    const { stdout, code } = await halfrate(['reprice'], { cwd: folder })
    const status = (await halfrate(['status'], { cwd: folder })).stdout.replaceAll(/\s+/g, ' ')
    expect(status).toContain(
      '2 answers have no cost: no price is known of claude-mythos-5-2; once a price file has it: halfrate reprice',
    )
    expect(code).toBe(2)
    expect(stdout).toBe(
      'none priced; 2 still have no price: claude-mythos-5-2\nhalfrate prices shows what is known; a price file adds to it\n',
    )
  })

  test('fills in what a price file of the folder knows; a dry run only tells', async () => {
    const folder = await folderWithUnknown()
    addPrices(folder)
    const told = await halfrate(['status', '--json'], { cwd: folder })
    expect(JSON.parse(told.stdout).unpriced).toEqual({
      ...{ answers: 2, models: [], tools: [], can_be_priced: true },
    })
    const shown = (await halfrate(['status'], { cwd: folder })).stdout.replaceAll(/\s+/g, ' ')
    expect(shown).toContain('2 answers have no cost; by now there are prices: halfrate reprice')
    const dry = await halfrate(['reprice', '--dry-run'], { cwd: folder })
    expect(dry.stdout).toMatch(/^2 answers would be priced, \$0\.\d+\nnothing was changed\n$/)
    const again = await halfrate(['reprice', '--dry-run', '--json'], { cwd: folder })
    expect(JSON.parse(again.stdout)).toMatchObject({ type: 'repriced', priced: 2, dry_run: true })
    const real = await halfrate(['reprice', '--json'], { cwd: folder })
    expect(real.code).toBe(0)
    const { cost_usd: cost, ...rest } = JSON.parse(real.stdout) as Record<string, unknown>
    expect(rest).toMatchObject({ priced: 2, unpriced: 0, models: [], dry_run: false })
    expect(Number(cost)).toBeGreaterThan(0)
    const status = await halfrate(['status', '--json'], { cwd: folder })
    expect(status.stdout).not.toMatch(/"unpriced(_attempts)?":[1-9]/)
    expect(JSON.parse(status.stdout).unpriced).toBeNull()
    const after = await halfrate(['reprice'], { cwd: folder })
    expect(after).toMatchObject({ code: 0, stdout: 'every answer has a price\n' })
    const { stdout: verified } = await halfrate(['verify'], { cwd: folder })
    expect(verified).toContain('everything holds')
  })

  test('says where there is no store', async () => {
    const { code, stderr } = await halfrate(['reprice'], { cwd: temporaryFolder() })
    expect(code).toBe(1)
    expect(stderr).toContain('there is no store at')
  })
})
