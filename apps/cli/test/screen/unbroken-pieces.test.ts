import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { addCommands } from '../../src/commands/add-commands.js'
import { flow } from '../../src/screen/flow.js'
import { lineText, span } from '../../src/screen/line.js'
import { KNOWN_GRAMMAR, unbrokenPieces } from '../../src/screen/unbroken-pieces.js'

function everyCommand(parent: Command, before = ''): readonly (readonly [string, Command])[] {
  return parent.commands.flatMap((command) => {
    const name = `${before}${command.name()}`
    return [[name, command] as const, ...everyCommand(command, `${name} `)]
  })
}

const program = new Command('halfrate').version('1', '-V, --version')
addCommands(program, () => undefined)
const COMMANDS = everyCommand(program)

describe('what a text knows of commands', () => {
  test('is every command, and the words that it must have', () => {
    const wordsOf = COMMANDS.map(([name, { registeredArguments }]) => [
      name,
      registeredArguments.filter(({ required }) => required).length,
    ])
    expect(KNOWN_GRAMMAR.wordsOf).toEqual(Object.fromEntries(wordsOf))
  })

  test('is every flag without a value, and no other', () => {
    const options = [program, ...COMMANDS.map(([, command]) => command)].flatMap((command) => [
      ...command.options,
      ...[command.createHelp().visibleOptions(command).at(-1)].filter((one) => one !== undefined),
    ])
    const known = new Map<string, boolean>()
    for (const { short, long, required, optional } of options) {
      for (const flag of [short, long]) {
        if (flag === undefined) continue
        expect(known.get(flag) ?? (required || optional), flag).toBe(required || optional)
        known.set(flag, required || optional)
      }
    }
    const switches = [...known].filter(([, hasValue]) => !hasValue).map(([flag]) => flag)
    expect(KNOWN_GRAMMAR.switches).toEqual(new Set(switches))
  })
})

describe('a command in a text is one piece', () => {
  test.each([
    ['it is paused. ', 'halfrate queues resume triage --store my/s.db', ' ends it'],
    ['', 'halfrate work --once', ' collects from cron'],
    ['see ', 'halfrate why KEY --queue NAME', ' for more'],
    ['(', 'halfrate work --once --store s.db)', ' and on'],
    ['Decide: ', 'halfrate decide 1836042379886592 resend --store s.db', ' sends them again'],
    ['or make one with ', 'halfrate run.', ' If it was lost:'],
    ['next: ', "halfrate why 'a key of words' --job 'my claims'", ' and then'],
    ['', "halfrate why --job claims -- '-a key'", ' tells'],
    ['', 'halfrate status', ' says what it waits for'],
    ['', 'halfrate queues', ' lists them'],
    ['', 'halfrate run FILE -o OUT --changed', ' sends it'],
    ['Add one with ', 'halfrate queues set NAME --flush-age 30m,', ' or leave it'],
    ['', 'halfrate resume --queue triage', ' ends it'],
    ['', 'halfrate pause --note "a new prompt"', ' holds it back'],
    ['', 'halfrate retry claim-1', ' goes'],
  ])('%s|%s|%s', (before, command, after) => {
    const pieces = unbrokenPieces(`${before}${command}${after}`)
    const start = before.endsWith('(') ? '(' : ''
    if (command.includes('retry claim')) expect(pieces).toContain('halfrate retry')
    else expect(pieces).toContain(`${start}${command}`)
    expect(pieces.join(' ')).toBe(`${before}${command}${after}`)
    expect(pieces).toContain(after.trim().split(' ')[0])
  })

  test('and other words are one each', () => {
    const text = "the row's value, as halfrate says it, isn't in the user's file"
    expect(unbrokenPieces(text)).toEqual(text.split(' '))
  })
})

test('text in rows loses nothing, and a row is too wide only for a piece that has no room', () => {
  const path = `/very${'/long'.repeat(20)}/requests.jsonl:118:`
  const text = `${path} expected a whole number, got 0. Run halfrate run requests.jsonl -o results.jsonl --store ${path} then, or halfrate status. 請求 and 🚀 too`
  for (let width = 40; width <= 200; width += 1) {
    const rows = flow([[span(text)]], { width, indent: 0, hang: 2 }).map(lineText)
    expect(rows.map((row) => row.trim()).join(' ')).toBe(text)
    const wide = rows.filter((row) => row.length > width)
    for (const row of wide) expect(unbrokenPieces(row.trim())).toHaveLength(1)
    for (const row of rows) expect(row).toBe(row.trimEnd())
  }
})
