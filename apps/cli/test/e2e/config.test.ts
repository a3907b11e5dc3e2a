import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Ended, halfrate, requests, startTestEmulator, writeInput } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

interface ConfigPlace {
  readonly folder: string
  /** Runs a command in the folder, with variables of its own. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>
  write(name: string, text: string | object): void
}

/** A folder with a config file in it. */
function configPlace(name: string, text: string | object): ConfigPlace {
  const folder = temporaryFolder()
  const write: ConfigPlace['write'] = (file, content) =>
    writeFileSync(
      join(folder, file),
      typeof content === 'string' ? content : JSON.stringify(content),
    )
  write(name, text)
  const run: ConfigPlace['run'] = (args, env = {}) => halfrate(args, { cwd: folder, env })
  return { folder, run, write }
}

/** What the doctor says of settings, by their names, and its finding about the config. */
async function toldBy(place: ConfigPlace, args: readonly string[], env = {}) {
  const { stdout } = await place.run(['doctor', '--json', ...args], env)
  const { findings, settings } = JSON.parse(stdout)
  const [config] = findings
  const byName = Object.fromEntries(
    settings.map(({ name, value, from }: Readonly<Record<string, string>>) => [
      name,
      [value, from],
    ]),
  )
  return { config, byName, findings }
}

const NOWHERE = 'http://127.0.0.1:9'

describe('a config file', () => {
  test('comes after the environment, which comes after the flags; the doctor tells of each', async () => {
    const place = configPlace('halfrate.config.json', {
      ...{ store: 'file.db', baseUrl: `${NOWHERE}/file`, maxTokens: 64, queues: {} },
    })
    const environment = { ANTHROPIC_BASE_URL: `${NOWHERE}/environment` }
    const all = await toldBy(place, ['--store', 'flag.db'], environment)
    expect(all.byName).toMatchObject({
      store: ['flag.db', 'flag'],
      baseUrl: [`${NOWHERE}/environment`, 'environment'],
      maxTokens: ['64', 'file'],
      grace: ['60s', 'default'],
      maxCost: [null, 'default'],
    })
    expect(all.config).toEqual({
      name: 'config',
      state: 'ok',
      text: 'halfrate.config.json gives maxTokens 64, 0 queues; store is that of --store; baseUrl is that of ANTHROPIC_BASE_URL',
      next: null,
    })
    const fewer = await toldBy(place, [])
    expect(fewer.byName).toMatchObject({
      ...{ store: ['file.db', 'file'], baseUrl: [`${NOWHERE}/file`, 'file'] },
    })
    const flag = await toldBy(place, ['--base-url', `${NOWHERE}/flag`], environment)
    expect(flag.byName.baseUrl).toEqual([`${NOWHERE}/flag`, 'flag'])
  })

  test('gives a run its store, its address, its model and its limits; hints need no --store', async () => {
    const claude = await startTestEmulator()
    const [, baseUrl = ''] = claude.flags
    const place = configPlace('halfrate.config.json', {
      ...{ store: 'kept.db', baseUrl, model: 'claude-haiku-4-5', maxTokens: 33, maxCost: '0.5' },
    })
    place.write('claims.csv', 'id,text\nc1,broken lid\nc2,charged twice\n')
    place.write('triage.txt', 'A customer writes: {{text}}')
    const clock = claude.flags.slice(2)
    const rows = ['run', 'claims.csv', '--prompt', 'triage.txt', '-o', 'triage.csv', ...clock]
    const dry = await place.run([...rows, '--dry-run', '--json'])
    expect(dry.code, dry.stderr).toBe(0)
    expect(JSON.parse(JSON.parse(dry.stdout).first_params)).toMatchObject({ max_tokens: 33 })
    const tight = await place.run([...rows, '--max-cost', '0.000001'])
    expect([tight.code, tight.stderr]).toEqual([1, expect.stringContaining('--max-cost')])
    const done = await place.run(rows)
    expect(done.code, done.stderr).toBe(0)
    expect(existsSync(join(place.folder, 'kept.db'))).toBe(true)
    expect(existsSync(join(place.folder, 'halfrate.db'))).toBe(false)
    const queue = await place.run(['queues', 'pause', 'run'])
    expect(queue.stdout).toContain('halfrate queues resume run ends it')
    const doctor = await place.run(['doctor'], { ANTHROPIC_BASE_URL: NOWHERE })
    expect([doctor.code, doctor.stdout]).toEqual([
      ...[1, expect.stringContaining("network: 127.0.0.1:9 can't be reached")],
    ])
  })

  test('says nothing of rows to a run of requests', async () => {
    const claude = await startTestEmulator()
    const place = configPlace('halfrate.config.json', { model: 'claude-haiku-4-5', maxTokens: 33 })
    const input = writeInput(place.folder, requests(2))
    const done = await place.run(['run', input, '-o', 'out.jsonl', ...claude.flags])
    expect(done.code, done.stderr).toBe(0)
    const typed = await place.run(['run', input, '-o', 'out.jsonl', '--model', 'x'])
    expect(typed.stderr).toContain('--model goes with --prompt')
    const lacking = await place.run(['run', 'claims.csv', '-o', 'out.csv'])
    expect(lacking.stderr).toContain('Add --prompt FILE; {{column}}')
  })

  test('leads hints to another store than its own by --store', async () => {
    const place = configPlace('halfrate.config.json', { store: 'file.db' })
    const input = writeInput(place.folder, requests(1))
    const own = await place.run(['enqueue', input, '--queue', 'q'])
    expect(own.stdout).toMatch(/halfrate work(?! --store)/)
    const usual = await place.run(['enqueue', input, '--queue', 'q', '--store', 'halfrate.db'])
    expect(usual.stdout).toContain('halfrate work --store halfrate.db')
  })

  test('in TypeScript is run without its types, may import halfrate, and needs no package.json', async () => {
    const place = configPlace(
      'halfrate.config.ts',
      `import { defineConfig, type HalfrateConfig } from 'halfrate'
import { failures } from './failures.mjs'
const queues: NonNullable<HalfrateConfig['queues']> = { triage: { maxFailures: failures } }
export default defineConfig({ store: process.env.CLAIMS_DB, queues })
`,
    )
    place.write('failures.mjs', 'export const failures = 7\n')
    // As npm init writes it.
    place.write('package.json', { type: 'commonjs' })
    const made = await place.run(['apply'], { CLAIMS_DB: './from-elsewhere.db' })
    expect([made.code, made.stdout, made.stderr]).toEqual([0, 'queue triage: made\n', ''])
    expect(existsSync(join(place.folder, 'from-elsewhere.db'))).toBe(true)
    const stripped = { NODE_OPTIONS: '--no-experimental-strip-types' }
    const again = await place.run(['apply'], { ...stripped, CLAIMS_DB: './from-elsewhere.db' })
    expect(again.stdout).toBe('queue triage: as the file says already\n')
    expect((await place.run(['queues', '--json'])).stderr).toContain('there is no store at')
  })

  test.each(['mts', 'js', 'mjs'])('may end in .%s too', async (ending) => {
    const place = configPlace(`halfrate.config.${ending}`, 'export default { maxTokens: 9 }\n')
    expect((await toldBy(place, ['--base-url', NOWHERE])).byName.maxTokens).toEqual(['9', 'file'])
  })

  test('above the folder is not looked at', async () => {
    const place = configPlace('halfrate.config.json', { storr: 'wrong' })
    const { code, stdout } = await halfrate(['init', '--json'], { cwd: place.folder })
    expect([code, JSON.parse(stdout).files[0]]).toEqual([
      ...[0, { name: 'halfrate.config.json', written: false }],
    ])
    const below = temporaryFolder()
    const told = await toldBy({ ...place, run: (args) => halfrate(args, { cwd: below }) }, [])
    expect(told.config.text).toContain('no halfrate.config.json or .ts in this folder')
  })

  test('is not read by what has no store', async () => {
    const place = configPlace('halfrate.config.json', '{ broken')
    for (const args of [
      ['completion', 'bash'],
      ['--help'],
      ['run', '--help'],
      ['emulator', '-x'],
    ]) {
      expect((await place.run(args)).stderr, args.join(' ')).not.toContain('halfrate.config')
    }
  })

  test('with a key or a password in it is refused, and neither is shown', async () => {
    const key = `sk-ant-${'api03-abcdef'}`
    const refused = async (name: string, text: string | object): Promise<string> => {
      const { code, stdout, stderr } = await configPlace(name, text).run(['status', '--json'])
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).not.toMatch(/abcdef|hunter2/)
      return JSON.parse(stderr).message
    }
    const ts = `// a note\nprocess.stdout.write('it ran')\nexport default { model: '${key}' }\n`
    expect(await refused('halfrate.config.ts', ts)).toContain(
      'halfrate.config.ts:3: a key does not',
    )
    expect(await refused('halfrate.config.json', { model: key })).toContain('a key does not')
    const store = 'postgres://claims:hunter2@127.0.0.1/claims'
    expect(await refused('halfrate.config.json', { store })).toContain('store: a password does not')
    const typed = `export default { store: '${store}' }\n`
    expect(await refused('halfrate.config.ts', typed)).toContain('store: a password does not')
  })
})

describe('apply', () => {
  const QUEUES = {
    triage: { flushAge: '30m', maxFailures: 5 },
    night: { flushSchedule: '0 2 * * *', flushTimeZone: 'Europe/Berlin' },
  }

  test('writes the queues of the file, and --check tells of each member that differs', async () => {
    const place = configPlace('halfrate.config.json', { queues: QUEUES })
    const early = await place.run(['apply', '--check'])
    expect([early.code, early.stderr]).toEqual([1, expect.stringContaining('with halfrate apply.')])
    expect(existsSync(join(place.folder, 'halfrate.db'))).toBe(false)
    expect((await place.run(['apply'])).stdout).toBe('queue triage: made\nqueue night: made\n')
    const same = await place.run(['apply', '--check'])
    expect([same.code, same.stdout]).toEqual([
      ...[0, 'the store has what halfrate.config.json says: 2 queues\n'],
    ])
    const set = await place.run(['queues', 'set', 'triage', '--max-failures', '9'])
    expect(set.stdout).toContain(
      'halfrate.config.json declares this queue: the next halfrate apply',
    )
    await place.run(['queues', 'set', 'old', '--flush-age', '2h'])
    const differs = await place.run(['apply', '--check'])
    expect([differs.code, differs.stdout]).toEqual([
      1,
      `queue triage: maxFailures: file says 5, store has 9
queue old: the file does not name it, the store has it
halfrate apply writes what halfrate.config.json says
what the file does not name stays as it is; name it there, with {} for the defaults
`,
    ])
    const told = await place.run(['apply', '--check', '--json'])
    expect(told.code).toBe(1)
    expect(JSON.parse(told.stdout)).toEqual({
      ...{ type: 'apply', check: true, file: 'halfrate.config.json' },
      store: expect.stringMatching(/halfrate\.db$/),
      queues: [
        {
          ...{ queue: 'triage', state: 'changed' },
          differences: [{ name: 'maxFailures', file: 5, store: 9 }],
        },
        { queue: 'night', state: 'same', differences: [] },
      ],
      ...{ not_in_file: ['old'], budgets: [], budgets_not_in_file: [], exit_code: 1 },
    })
    const { findings } = await toldBy(place, ['--base-url', NOWHERE])
    expect(findings).toContainEqual({
      ...{ name: 'queues', state: 'warning' },
      text: 'not as halfrate.config.json says: triage, old',
      next: 'halfrate apply --check tells more, halfrate apply writes what the file says.',
    })
    const applied = await place.run(['apply'])
    expect([applied.code, applied.stdout]).toEqual([
      0,
      `queue triage: set maxFailures 5 (was 9)
queue night: as the file says already
queue old: stays as it is, since halfrate.config.json does not name it
`,
    ])
    place.write('halfrate.config.json', { queues: { ...QUEUES, old: { flushAge: '2h' } } })
    expect((await place.run(['apply', '--check'])).code).toBe(0)
  })

  test('says and writes nothing of other stores than the one that is named', async () => {
    const place = configPlace('halfrate.config.json', { queues: QUEUES })
    await place.run(['apply', '--store', 'other.db'])
    await place.run(['queues', 'set', 'triage', '--flush-age', '0', '--store', 'other.db'])
    const { code, stdout } = await place.run(['apply', '--check', '--store', 'other.db'])
    expect([code, stdout]).toEqual([
      1,
      `queue triage: flushAge: file says 30m, store has 0
halfrate apply --store other.db writes what halfrate.config.json says
`,
    ])
    expect(existsSync(join(place.folder, 'halfrate.db'))).toBe(false)
  })

  test('of the queue run leaves what a run says of it, which goes on sending at once', async () => {
    const claude = await startTestEmulator()
    const place = configPlace('halfrate.config.json', { queues: { run: { maxFailures: 4 } } })
    expect((await place.run(['apply'])).stdout).toBe('queue run: set maxFailures 4 (was 3)\n')
    const before = JSON.parse((await place.run(['queues', '--json'])).stdout).queues[0].policy
    expect(before).toMatchObject({ max_failures: 4, flush_age_ms: 0 })
    const input = writeInput(place.folder, requests(2))
    const flags = ['--batch-size', '1', '--accept', 'refused', ...claude.flags]
    const done = await place.run(['run', input, '-o', 'out.jsonl', ...flags])
    expect(done.code, done.stderr).toBe(0)
    const after = JSON.parse((await place.run(['queues', '--json'])).stdout).queues[0].policy
    expect(after).toMatchObject({ max_failures: 4, max_batch_requests: 1, accept: ['refused'] })
    expect((await place.run(['apply', '--check'])).code).toBe(0)
  })

  test('writes the budgets of the file whole, tells where each comes from, and takes none away', async () => {
    const account = { month: 500, timeZone: 'Europe/Berlin' }
    const place = configPlace('halfrate.config.json', {
      budgets: [account, { queue: 'triage', day: '20.50', warnAt: [50, 80] }],
    })
    expect((await place.run(['apply'])).stdout).toBe(
      'budget of the account: made\nbudget of queue triage: made\n',
    )
    const same = await place.run(['apply', '--check'])
    expect([same.code, same.stdout]).toEqual([
      ...[0, 'the store has what halfrate.config.json says: 0 queues, 2 budgets\n'],
    ])
    await place.run(['budgets', 'remove', '--queue', 'triage'])
    expect((await place.run(['budgets'])).stdout).toMatch(
      /queue triage +no budget yet +halfrate apply writes what halfrate.config.json says of it/,
    )
    expect((await place.run(['apply'])).stdout).toBe(
      'budget of the account: as the file says already\nbudget of queue triage: made\n',
    )
    const byHand = await place.run(['budgets', 'set', '--queue', 'triage', '--month', '9'])
    expect(byHand.stdout).toContain(
      'halfrate.config.json has this budget: the next halfrate apply sets it as it says there',
    )
    await place.run(['budgets', 'set', '--project', 'default', '--total', '7'])
    const shown = JSON.parse((await place.run(['budgets', '--json'])).stdout)
    expect(shown).toMatchObject({ config_file: 'halfrate.config.json', not_applied: [] })
    expect(shown.budgets).toMatchObject([
      { scope: 'account', period: 'month', time_zone: 'Europe/Berlin', config: 'same' },
      { scope: 'project', project: 'default', period: 'total', config: 'not_named' },
      { queue: 'triage', period: 'day', cap_usd: '20.50', warn_at: [50, 80], config: 'differs' },
      { queue: 'triage', period: 'month', cap_usd: '9.00', config: 'differs' },
    ])
    const differs = await place.run(['apply', '--check'])
    expect([differs.code, differs.stdout]).toEqual([
      1,
      `budget of queue triage: month: file says none, store has $9.00
budget of queue triage: warnAt: file says 50,80, store has [50,80] and [80]
budget of the project: the file has none, the store has one
halfrate apply writes what halfrate.config.json says
a budget that the file does not have stays; halfrate budgets remove takes it away
`,
    ])
    const { findings } = await toldBy(place, ['--base-url', NOWHERE])
    expect(findings).toContainEqual({
      ...{ name: 'budgets', state: 'warning' },
      text: 'not as halfrate.config.json says: queue triage, the project',
      next: 'halfrate apply --check tells more, halfrate apply writes what the file says.',
    })
    const applied = await place.run(['apply', '--json'])
    expect(JSON.parse(applied.stdout)).toMatchObject({
      budgets: [
        { scope: 'account', state: 'same' },
        { queue: 'triage', state: 'changed', differences: [{ name: 'month' }, { name: 'warnAt' }] },
      ],
      budgets_not_in_file: [{ scope: 'project', project: 'default', queue: null }],
    })
    place.write('halfrate.config.json', { budgets: [account] })
    expect((await place.run(['apply'])).stdout).toBe(
      `budget of the account: as the file says already
budget of the project: stays as it is, since halfrate.config.json has none
budget of queue triage: stays as it is, since halfrate.config.json has none
`,
    )
    const after = JSON.parse((await place.run(['budgets', '--json'])).stdout)
    expect(after.budgets).toMatchObject([
      { config: 'same' },
      { config: 'not_named' },
      { queue: 'triage', cap_usd: '20.50', config: 'not_named' },
    ])
    expect(after.budgets).toHaveLength(3)
  })

  test('without a file, or without queues in it, says so', async () => {
    const cwd = temporaryFolder()
    expect((await halfrate(['apply'], { cwd })).stderr).toContain(
      'there is no halfrate.config.json',
    )
    const place = configPlace('halfrate.config.json', { model: 'claude-haiku-4-5' })
    const { code, stderr } = await place.run(['apply', '--check'])
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('it declares no queues and no budgets'),
    ])
    expect(existsSync(join(place.folder, 'halfrate.db'))).toBe(false)
  })
})

test('the config that init writes is found by the next command, and its comments are true', async () => {
  const place = configPlace('claims.csv', 'id,text\nmine,own\n')
  const { stdout } = await place.run(['init'])
  expect(stdout).toContain(' wrote halfrate.config.ts\n')
  expect(stdout).toContain('halfrate run claims.csv --prompt triage.txt -o triage.csv')
  const told = await toldBy(place, ['--base-url', NOWHERE])
  expect(told.config.text).toBe(
    'halfrate.config.ts gives model claude-haiku-4-5, maxTokens 100, confirmAbove 10',
  )
  const path = join(place.folder, 'halfrate.config.ts')
  const text = readFileSync(path, 'utf8')
  // What stands in comments is taken as it is when somebody takes the slashes away.
  writeFileSync(path, text.replace(/^( *)\/\/ +((?:\w+: .*|\},))$/gm, '$1$2'))
  writeFileSync(join(place.folder, 'prices.json'), '{ "_meta": { "compiled": "2026-11-20" } }')
  const full = await toldBy(place, ['--base-url', NOWHERE])
  expect(full.config.text).toBe(
    'halfrate.config.ts gives store ./halfrate.db, model claude-haiku-4-5, maxTokens 100, confirmAbove 10, maxCost 50, prices ./prices.json, accept cut_off, keyTails on, onLostAnswer resend, grace 60s, 2 queues, 2 budgets',
  )
  expect((await place.run(['apply'])).stdout).toBe(
    `queue triage: made
queue nightly: made
budget of the account: made
budget of queue triage: made
`,
  )
})
