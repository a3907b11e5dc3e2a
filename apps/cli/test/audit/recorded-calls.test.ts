import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import Anthropic from '@anthropic-ai/sdk'
import { about, type CallRecord, instrument, jsonlSink, withFeature } from '@halfrate/client'
import type { NanoUsd } from '@halfrate/core'
import { usdText } from '@halfrate/core/money'
import { startEmulator } from '@halfrate/emulator'
import { describe, expect, test } from 'vitest'
import { blindSpots, isSnippetOfUse } from '../../src/audit/blind-spots.js'
import { USAGE_SNIPPET } from '../../src/audit/usage-snippet.js'
import { halfrate } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { auditTexts, findingsOf } from './read.js'

const PARAMS = {
  model: 'claude-haiku-4-5',
  max_tokens: 200,
  messages: [{ role: 'user' as const, content: 'Which team should answer this letter?' }],
}

interface AuditObject {
  readonly rows: number
  readonly rows_unreadable: number
  readonly cost_usd: string
  readonly features: readonly { readonly feature: string; readonly cost_usd: string }[]
}

describe('calls recorded by @halfrate/client', () => {
  test('are audited as they are, to what the provider billed', async () => {
    const cwd = temporaryFolder()
    await using claude = await startEmulator({ seed: 7 })
    const bare = new Anthropic({ apiKey: 'any', baseURL: claude.url, maxRetries: 0 })
    {
      await using sink = jsonlSink(join(cwd, 'usage.jsonl'))
      const client = instrument(bare, { queue: 'chat', awaited: true, sink })
      for (const model of ['claude-haiku-4-5', 'claude-opus-5', 'claude-sonnet-5']) {
        await client.messages.create({ ...PARAMS, model })
        await withFeature({ feature: 'triage', awaited: false }, () =>
          client.beta.messages.create({ ...PARAMS, model }),
        )
      }
      const cached = { type: 'text' as const, text: 'A rule. '.repeat(4_000) }
      const system = [{ ...cached, cache_control: { type: 'ephemeral' as const } }]
      const letters = about({ feature: 'letters', awaited: false })
      for (let each = 0; each < 3; each++)
        await client.messages.create({ ...PARAMS, system }, letters)
      claude.fault('message', { error: 'overloaded', times: 1 })
      await expect(client.messages.create(PARAMS)).rejects.toThrow(Anthropic.APIError)
      const nowhere = client.withOptions({ baseURL: 'http://127.0.0.1:1' })
      await expect(nowhere.messages.create(PARAMS)).rejects.toThrow(Anthropic.APIConnectionError)
    }

    const text = await readFile(join(cwd, 'usage.jsonl'), 'utf8')
    const calls = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as CallRecord)
    const billed = claude.ledger.billed()
    expect(billed.some(({ usage }) => (usage?.cache_read_input_tokens ?? 0) > 0)).toBe(true)
    expect(calls.flatMap(({ cost_usd }) => cost_usd ?? [])).toEqual(
      billed.map(({ costUsd }) => costUsd),
    )

    const { code, stdout, stderr } = await halfrate(['audit', 'usage.jsonl', '--json'], { cwd })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const found = JSON.parse(stdout) as AuditObject
    expect(found).toMatchObject({
      rows: 11,
      cost_usd: usdText(Number(claude.ledger.summary().nanoUsd) as NanoUsd),
    })
    expect(found.features.map(({ feature }) => feature).toSorted()).toEqual([
      'chat',
      'letters',
      'triage',
    ])
  })

  test('that failed cost nothing, that broke off cost what was seen, and an unread one is in no figure', async () => {
    const record = { at: '2026-11-20T12:00:00Z', feature: 'a', model: 'claude-opus-5' }
    const usage = { input_tokens: 1_000_000, output_tokens: 0 }
    const rows = [
      { ...record, status: null, error_type: 'APIConnectionError', usage: null, cost_usd: null },
      { ...record, status: 200, error_type: 'aborted', usage, cost_usd: null },
      { ...record, status: 200, error_type: null, usage: null, cost_usd: null },
    ]
    const { report, facts } = await auditTexts({
      log: rows.map((row) => JSON.stringify(row)).join('\n'),
    })
    expect(report.money.records).toBe(2)
    expect(report.money.spentNano).toBe(5_000_000_000n)
    expect(facts.bad).toBe(1)
  })
})

test('the snippet of an audit, run as it is, shows all that an audit asks for', async () => {
  const cwd = temporaryFolder()
  const file = join(cwd, 'usage.jsonl')
  await using claude = await startEmulator({ seed: 7 })
  const program = `const params = ${JSON.stringify(PARAMS)}
    ${USAGE_SNIPPET.replace("'usage.jsonl'", JSON.stringify(file))}
    console.log(message.type)`
  const args = ['--input-type=module', '--eval', program]
  const env = { ...process.env, ANTHROPIC_BASE_URL: claude.url, ANTHROPIC_API_KEY: 'any' }
  const place = { cwd: import.meta.dirname, env }
  const { stdout } = await promisify(execFile)(process.execPath, args, place)
  expect(stdout).toBe('message\n')

  const log = await readFile(file, 'utf8')
  const findings = await findingsOf({ log })
  expect(findings.report.money.byStanding.ready.records).toBe(1)
  expect(blindSpots(findings).join('\n')).not.toContain('does not show')
  expect(isSnippetOfUse(findings)).toBe(false)
})
