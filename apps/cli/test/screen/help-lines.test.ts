import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { addCommands } from '../../src/commands/add-commands.js'
import { PROGRAM_HELP } from '../../src/commands/help-text.js'
import { helpLines } from '../../src/screen/help-lines.js'

function helpOf(command: Command): string {
  let help = ''
  command.configureOutput({
    getOutHelpWidth: () => 100_000,
    writeOut: (text) => {
      help += text
    },
  })
  command.outputHelp()
  return help
}

const program = new Command('halfrate').addHelpText('after', PROGRAM_HELP)
addCommands(program, () => undefined)
const everyCommand = (parent: Command): readonly Command[] => [
  parent,
  ...parent.commands.flatMap(everyCommand),
]
const HELPS = everyCommand(program).map((command) => [command.name(), helpOf(command)] as const)

test.each(HELPS)('help of %s fits from 60 columns up, and nothing of it is lost', (_, help) => {
  const words = help.split(/\s+/)
  for (let width = 59; width < 160; width += 1) {
    const lines = helpLines(help, width)
    expect(lines.join(' ').split(/\s+/)).toEqual(words)
    const wide = lines.filter((line) => line.length > width)
    // A command is copied as one line.
    expect(
      wide.filter((line) => !/^ {2}(?:(?! {3}).)*\bhalfrate [a-z](?:(?! {3}).)*$/.test(line)),
    ).toEqual([])
  }
})

describe('help in a narrow terminal', () => {
  test('hangs descriptions below their beginning while there is room', () => {
    const line = '  -o, --output <file>       where the answers go; - is standard output (required)'
    expect(helpLines(line, 59)).toEqual([
      '  -o, --output <file>       where the answers go; - is',
      '                            standard output (required)',
    ])
  })

  test('puts them below what they describe where there is none', () => {
    const line =
      '  decide [options] <batch> <what>  say what becomes of a batch whose answer was lost'
    expect(helpLines(line, 59)).toEqual([
      '  decide [options] <batch> <what>',
      '      say what becomes of a batch whose answer was lost',
    ])
  })

  test('leaves a command in its line, and what is said of it in the next', () => {
    const line =
      '  halfrate run requests.jsonl -o results.jsonl --yes        from a script, whatever it costs'
    expect(helpLines(line, 59)).toEqual([
      '  halfrate run requests.jsonl -o results.jsonl --yes',
      '      from a script, whatever it costs',
    ])
  })

  test('lets prose flow that was written in longer lines', () => {
    const text =
      'All lines are checked before the first is stored. The same line again changes nothing. They are sent as\nthe policy says.\nExit codes: 0 all are there.'
    expect(helpLines(text, 79)).toEqual([
      'All lines are checked before the first is stored. The same line again changes',
      'nothing. They are sent as the policy says.',
      'Exit codes: 0 all are there.',
    ])
  })
})
