import { writeFile } from 'node:fs/promises'
import { ConfigError } from '@halfrate/core'
import { EXIT } from '../exit-code.js'
import { configNamesIn } from '../settings/config-names.js'
import { EXAMPLE_CONFIG } from '../settings/example-config.js'

/** Flags of `init`. */
export interface InitFlags {
  readonly json?: boolean | undefined
}

const QUESTION = 'Name the capital of France. Answer in one word.'

const FILES: readonly (readonly [name: string, text: string])[] = [
  [
    'requests.jsonl',
    `${JSON.stringify({
      key: 'first',
      params: {
        model: 'claude-haiku-4-5',
        max_tokens: 100,
        messages: [{ role: 'user', content: QUESTION }],
      },
    })}\n`,
  ],
  [
    'claims.csv',
    'id,text\nclaim-1,The parcel came with a broken lid.\nclaim-2,"I was charged twice, on May 3 and May 4."\n',
  ],
  [
    'triage.txt',
    'A customer writes:\n\n{{text}}\n\nAnswer with one word: damage, billing or other.\n',
  ],
]

const CONFIG = 'halfrate.config.ts'

// A config file that was there may name no model.
function nextOf(isConfigNew: boolean): readonly string[] {
  const model = isConfigNew ? '' : ' --model claude-haiku-4-5 --max-tokens 100'
  return [
    'export ANTHROPIC_API_KEY=sk-ant-…',
    'halfrate doctor',
    'halfrate run requests.jsonl -o results.jsonl',
    `halfrate run claims.csv --prompt triage.txt${model} -o triage.csv`,
  ]
}

/**
 * Writes a config file and example files into this folder; what is there already stays as it is.
 *
 * @throws {ConfigError} when the folder can't be written.
 */
export async function init(flags: InitFlags): Promise<number> {
  const files: { readonly name: string; readonly written: boolean }[] = []
  const config = await writeConfig()
  files.push(...config)
  for (const [name, text] of FILES) files.push({ name, written: await writeNew(name, text) })
  const next = nextOf(config.some(({ written }) => written))
  if (flags.json === true) {
    process.stdout.write(`${JSON.stringify({ type: 'init', files, next })}\n`)
    return EXIT.usable
  }
  const lines = files.map(({ name, written }) => ` ${written ? 'wrote' : 'kept '} ${name}`)
  process.stdout.write(
    `${[...lines, '', ' next:', ...next.map((each) => `   ${each}`)].join('\n')}\n`,
  )
  return EXIT.usable
}

// Of two config files none would count.
async function writeConfig(): Promise<
  readonly { readonly name: string; readonly written: boolean }[]
> {
  const there = await configNamesIn(process.cwd())
  if (there.length > 0) return there.map((name) => ({ name, written: false }))
  return [{ name: CONFIG, written: await writeNew(CONFIG, EXAMPLE_CONFIG) }]
}

async function writeNew(name: string, text: string): Promise<boolean> {
  try {
    await writeFile(name, text, { flag: 'wx' })
    return true
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    throw new ConfigError(
      `${name} can't be written: ${message}.`,
      'Run it in a folder that you may write in. Files named before it were written.',
      { cause: error },
    )
  }
}
