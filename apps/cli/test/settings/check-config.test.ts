import { ConfigError, DEFAULT_QUEUE_POLICY } from '@halfrate/core'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { defineConfig, type HalfrateConfig } from '../../src/index.js'
import { checkConfig } from '../../src/settings/check-config.js'
import { parseJsonConfig } from '../../src/settings/parse-json-config.js'

const FILE = 'halfrate.config.json'

function faultOf(config: unknown): string {
  try {
    checkConfig(FILE, config)
  } catch (error) {
    if (error instanceof ConfigError) return `${error.message} | ${error.nextStep}`
  }
  return 'no fault'
}

describe('a config file', () => {
  test('gives each setting as its flag takes it', () => {
    const config = {
      ...{ store: 'claims.db', baseUrl: 'https://api.example.com', model: 'claude-haiku-4-5' },
      ...{ maxTokens: 512, confirmAbove: 2.5, maxCost: '20', batchSize: 100, grace: '30s' },
      ...{ accept: ['cut_off', 'refused'], onLostAnswer: 'wait', afterAbsence: undefined },
      keyTails: true,
    }
    expect(checkConfig(FILE, config)).toEqual({
      name: FILE,
      budgets: null,
      settings: {
        ...{ store: 'claims.db', baseUrl: 'https://api.example.com', model: 'claude-haiku-4-5' },
        ...{ maxTokens: '512', confirmAbove: '2.5', maxCost: '20', batchSize: '100', grace: '30s' },
        ...{ accept: 'cut_off,refused', onLostAnswer: 'wait', keyTails: 'on' },
      },
      queues: null,
    })
    expect(checkConfig(FILE, { accept: [] }).settings.accept).toBe('none')
    expect(checkConfig(FILE, { keyTails: false }).settings.keyTails).toBe('off')
  })

  test('declares whole policies: what a queue leaves out has its default', () => {
    const { queues } = checkConfig(FILE, {
      queues: { triage: { flushAge: '30m', maxFailures: 5, keyTails: true } },
    })
    const flush = { ...DEFAULT_QUEUE_POLICY.flush, ageMs: 1_800_000 }
    expect([...(queues ?? [])]).toEqual([
      ['triage', { ...DEFAULT_QUEUE_POLICY, flush, maxFailures: 5, keyTails: true }],
    ])
    const night = { flushSchedule: '0 2 * * *', flushTimeZone: 'UTC', flushCount: 50 }
    const scheduled = checkConfig(FILE, { queues: { night } }).queues
    expect([...(scheduled ?? [])][0]?.[1].flush).toEqual({
      ...{ schedule: '0 2 * * *', timeZone: 'UTC', count: 50 },
    })
  })

  test.each([
    [{ stor: 'x' }, 'there is no setting "stor". Did you mean store?'],
    [{ 'max-tokens': 5 }, 'Did you mean maxTokens?'],
    [{ zzz: 1 }, 'there is no setting "zzz". | There are store, baseUrl,'],
    [{ maxTokens: '512' }, 'maxTokens: expected a number, got "512".'],
    [{ maxTokens: 0 }, 'maxTokens: expected a whole number from 1 to 1000000, got 0.'],
    [
      { confirmAbove: 'much' },
      'confirmAbove: expected an amount of dollars such as 20 or 0.50, got',
    ],
    [{ confirmAbove: true }, 'an amount of dollars such as 20 or "0.50", got true.'],
    [
      { accept: 'refused' },
      'accept: expected a list of some of "cut_off", "refused", "empty", got',
    ],
    [{ accept: ['all'] }, 'got "all" in it.'],
    [{ accept: ['cut_off,refused'] }, 'got "cut_off,refused" in it.'],
    [{ keyTails: 'on' }, 'keyTails: expected true or false, got "on".'],
    [{ grace: 30 }, 'grace: expected a time such as "30s" or "2m", got 30.'],
    [{ grace: '2h' }, 'grace: expected a time of at most an hour such as'],
    [{ baseUrl: 'nowhere' }, 'baseUrl: expected an http or https URL'],
    [{ store: '' }, 'store: expected the name of a file or a URL, got nothing.'],
    [{ model: { name: 'x' } }, 'model: expected a text, got an object.'],
    [
      { yes: true },
      'yes: is for one command, and not for all of a folder. | Take it out, and type --yes',
    ],
    [{ dryRun: true }, 'type --dry-run with the command'],
    [{ queues: ['triage'] }, 'queues: expected an object of queues, got a list.'],
    [{ queues: { 'a b': {} } }, 'queues: "a b" can\'t be a queue\'s name.'],
    [{ queues: { a: null } }, 'queues.a: expected an object, {} for the defaults, got null.'],
    [
      { queues: { a: { flushAges: '1h' } } },
      'queues.a: there is no member "flushAges". Did you mean flushAge?',
    ],
    [{ queues: { a: { flushAge: 30 } } }, 'queues.a.flushAge: expected a time such as "30s"'],
    [{ queues: { a: { flushAge: '5 weeks' } } }, 'queues.a.flushAge: expected a time such as 90s'],
    [{ queues: { a: { flushSchedule: '0 2 * * *' } } }, 'queues.a.flushTimeZone: expected one,'],
    [
      { queues: { a: { flushSchedule: '0 0 30 2 *', flushTimeZone: 'UTC' } } },
      'queues.a.flushSchedule: expected one that occurs',
    ],
    [
      { queues: { a: { flushSchedule: '0 2 * * *', flushTimeZone: 'Utopia' } } },
      'queues.a.flushTimeZone: expected a time zone',
    ],
    [
      { queues: { run: { flushAge: '1h' } } },
      'queues.run.flushAge: what a run takes in is sent at once',
    ],
    [{ queues: { run: { accept: [] } } }, 'Put accept beside queues'],
    [{ budgets: {} }, 'budgets: expected a list of budgets, got an object.'],
    [{ budgets: [5] }, 'budgets[0]: expected an object with a cap, got 5.'],
    [{ budgets: [{ queue: 'a' }] }, 'budgets[0]: expected a cap, got none.'],
    [{ budgets: [{ day: 1 }, { week: 1 }] }, 'budgets[1]: there is no member "week"'],
    [{ budgets: [{ day: 'none' }] }, 'budgets[0].day: expected an amount of dollars'],
    [{ budgets: [{ queue: 'a b', day: 1 }] }, 'budgets[0].queue: "a b" can\'t be a queue'],
    [{ budgets: [{ project: '', day: 1 }] }, 'budgets[0].project: "" can\'t be a project'],
    [{ budgets: [{ day: 1, timeZone: 'Middle/Earth' }] }, 'budgets[0].timeZone: expected a time'],
    [{ budgets: [{ day: 1, warnAt: 50 }] }, 'budgets[0].warnAt: expected a list of percents'],
    [{ budgets: [{ day: 1, warnAt: [50, 120] }] }, 'such as [50, 80], got 120 in it.'],
    [
      {
        budgets: [
          { queue: 'a', day: 1 },
          { project: 'default', queue: 'a', month: 2 },
        ],
      },
      'budgets[1]: queue a has a budget above already.',
    ],
    [[], 'expected an object of settings, got a list.'],
    [() => ({}), 'expected an object of settings, got a function.'],
  ])('with %j is refused', (config, message) => {
    expect(faultOf(config)).toContain(message)
    expect(faultOf(config)).toMatch(/^halfrate\.config\.json: /)
  })

  test.each(['apiKey', 'api_key', 'ANTHROPIC_API_KEY', 'authToken', 'key', 'password'])(
    'with a secret named %s is refused without showing it',
    (name) => {
      const fault = faultOf({ [name]: 'do-not-tell' })
      expect(fault).toContain(`${FILE}: ${name}: a key does not belong into a file`)
      expect(fault).toContain('set ANTHROPIC_API_KEY in the environment')
      expect(fault).not.toContain('do-not-tell')
    },
  )

  test('that is no JSON says in which line', () => {
    const fault = (text: string): string => {
      try {
        return `${JSON.stringify(parseJsonConfig(FILE, text))}`
      } catch (error) {
        return (error as ConfigError).message
      }
    }
    expect(fault('{\n  "ö": 1,\n  // why\n}')).toBe(
      `${FILE}:3: expected a member name in quotes, got /.`,
    )
    expect(fault('{\n"queues": {"a": {},\n"a": {}}\n}')).toBe(
      `${FILE}:3: queues.a: expected every member once, got this one again.`,
    )
    expect(fault('{"store": "x"')).toContain('got the end of the file.')
    expect(fault('{\n  "maxTokens": 5\n}')).toBe('{"maxTokens":5}')
  })
})

// The checks are made by the compiler: a line under `@ts-expect-error` that compiles is an error itself.
test('a config in TypeScript is checked by its types', () => {
  const config = defineConfig({
    ...{ model: 'claude-haiku-4-5', confirmAbove: '2.50', grace: '30s', store: process.env.NONE },
    queues: { night: { flushSchedule: '0 2 * * *', flushTimeZone: 'UTC', flushAge: 0 } },
  })
  expectTypeOf(config).toEqualTypeOf<HalfrateConfig>()
  // @ts-expect-error -- there is no such setting
  defineConfig({ maxToken: 5 })
  // @ts-expect-error -- a number
  defineConfig({ maxTokens: '5' })
  // @ts-expect-error -- a time has a unit
  defineConfig({ queues: { night: { flushAge: '30' } } })
  // @ts-expect-error -- a key stays in the environment
  defineConfig({ apiKey: 'any' })
  expect(checkConfig('halfrate.config.ts', config).settings).toMatchObject({ confirmAbove: '2.50' })
})
