import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { addCommands } from '../../src/commands/add-commands.js'

const ROOT = join(import.meta.dirname, '../../../..')
// Made from the program itself, or full of what is wrong on purpose.
const MADE = new Set(['commands.md', 'errors-seen.md', 'screens.md'])
const PAGES = [
  ...['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md', 'apps/cli/README.md'],
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md') && !MADE.has(name))
    .map((name) => `docs/${name}`),
]

const program = new Command('halfrate').version('1', '-V, --version')
addCommands(program, () => undefined)

// What stands in code: lines of blocks, and what is between back-ticks.
function codeOf(page: string): readonly string[] {
  const text = readFileSync(join(ROOT, page), 'utf8')
  const blocks = [...text.matchAll(/^```[^\n]*\n(.*?)^```/gms)].map(([, block = '']) => block)
  const inline = [...text.replace(/^```.*?^```/gms, '').matchAll(/`([^`\n]+)`/g)]
  return [...blocks.flatMap((block) => block.split('\n')), ...inline.map(([, code = '']) => code)]
}

// The words behind `halfrate` where a command begins, up to what is no longer of it: a comment, a pipe, another column.
function commandsOf(code: string): readonly (readonly string[])[] {
  const found = code.matchAll(
    /(?:^(?:\$ )?|&& |\| |=\S+ )(?:npx )?halfrate ((?:'[^']*'|"[^"]*"|[^\s'"|#>);]| (?! {2}))+)/g,
  )
  return [...found].map(([, words = '']) => words.match(/'[^']*'|"[^"]*"|\S+/g) ?? [])
}

const CALLED = PAGES.flatMap((page) =>
  codeOf(page).flatMap((code) => commandsOf(code).map((words) => ({ page, words, code }))),
)

function commandOf(words: readonly string[]): Command | undefined {
  const first = program.commands.find((command) => command.name() === words[0])
  const second = first?.commands.find((command) => command.name() === words[1])
  return second ?? first
}

describe('commands in the documentation', () => {
  test('are many', () => {
    expect(CALLED.length).toBeGreaterThan(80)
  })

  test.each(PAGES)('of %s are there, with every flag that they have', (page) => {
    for (const { words, code } of CALLED.filter((each) => each.page === page)) {
      if (words[0]?.startsWith('-') === true || words[0] === 'emulator') continue
      const command = commandOf(words)
      expect(command, code).toBeDefined()
      const known = new Set(
        [...(command?.options ?? []), ...program.options].flatMap(({ short, long }) => [
          short,
          long,
        ]),
      )
      const flags = words
        .filter((word) => /^--?[a-z]/i.test(word))
        .map((flag) => flag.split('=')[0])
      expect(
        flags.filter((flag) => flag !== '--help' && !known.has(flag)),
        code,
      ).toEqual([])
    }
  })
})
