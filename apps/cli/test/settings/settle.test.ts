import { Command } from 'commander'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addCommands } from '../../src/commands/add-commands.js'
import { type CommandSettings, fillIn } from '../../src/settings/command-settings.js'
import { SETTING_NAMES } from '../../src/settings/setting-name.js'
import { type GivenSettings, settle } from '../../src/settings/settle.js'

const given = fc.dictionary(
  fc.constantFrom(...SETTING_NAMES),
  fc.string(),
) as fc.Arbitrary<GivenSettings>

describe('who says what a setting is', () => {
  test('a flag comes before the environment, that before the file, and that before the default', () => {
    const settled = settle({
      flags: { store: 'flag.db' },
      environment: { store: 'environment.db', baseUrl: 'https://environment' },
      file: { store: 'file.db', baseUrl: 'https://file', model: 'of-the-file' },
      defaults: { store: 'default.db', baseUrl: 'https://default', model: 'default', grace: '60s' },
    })
    expect(settled.slice(0, 3)).toEqual([
      { name: 'store', value: 'flag.db', from: 'flag' },
      { name: 'baseUrl', value: 'https://environment', from: 'environment' },
      { name: 'model', value: 'of-the-file', from: 'file' },
    ])
    expect(settled.at(-1)).toEqual({ name: 'grace', value: '60s', from: 'default' })
    expect(settled.find(({ name }) => name === 'maxCost')).toEqual({
      ...{ name: 'maxCost', value: null, from: 'default' },
    })
  })

  test('every setting is told once, as the first of them that speaks of it says', () => {
    fc.assert(
      fc.property(given, given, given, given, (flags, environment, file, defaults) => {
        const settled = settle({ flags, environment, file, defaults })
        expect(settled.map(({ name }) => name)).toEqual(SETTING_NAMES)
        for (const { name, value } of settled) {
          const first = [flags, environment, file, defaults].find(
            (each) => each[name] !== undefined,
          )
          expect(value).toBe(first?.[name] ?? null)
        }
      }),
    )
  })
})

describe('what a file gives to a command', () => {
  const file = {
    name: 'halfrate.config.json',
    settings: {
      ...{ store: 'file.db', baseUrl: 'https://file', maxTokens: '5', accept: 'refused' },
      ...{ batchSize: '7', onLostAnswer: 'ask', grace: '5s' },
    },
    queues: null,
    budgets: null,
  }

  async function optionsOf(
    args: readonly string[],
    baseUrl: string | null = null,
  ): Promise<Readonly<Record<string, unknown>> & { readonly settings: CommandSettings }> {
    const program = new Command('halfrate')
    addCommands(program, () => undefined)
    const [words, typed] = [args.filter((word) => !word.startsWith('-')), args]
    let command: Command = program
    for (const word of words)
      command = command.commands.find((each) => each.name() === word) ?? command
    command.parseOptions(typed.slice(typed.findIndex((word) => word.startsWith('-'))))
    fillIn(command, file, { baseUrl })
    return command.opts()
  }

  test('fills in what was not typed', async () => {
    expect(await optionsOf(['run', '--store', './halfrate.db', '--grace', '9s'])).toMatchObject({
      ...{ store: './halfrate.db', baseUrl: 'https://file', maxTokens: '5', accept: 'refused' },
      ...{ batchSize: '7', onLostAnswer: 'ask', grace: '9s' },
    })
  })

  test('leaves the address to the environment, which the command reads itself', async () => {
    expect((await optionsOf(['run', '--yes'], 'https://environment')).baseUrl).toBeUndefined()
  })

  test('means nothing for a flag of another command that has its name', async () => {
    const retry = await optionsOf(['retry', '--cut-off'])
    expect(retry).toMatchObject({ store: 'file.db' })
    expect(retry.maxTokens).toBeUndefined()
    const set = await optionsOf(['queues', 'set', '--max-failures', '4'])
    expect(set).toMatchObject({ store: 'file.db', maxFailures: '4' })
    expect([set.batchSize, set.accept, set.onLostAnswer]).toEqual([undefined, undefined, undefined])
  })
})
