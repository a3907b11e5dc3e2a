import { Command } from 'commander'
import { expect, test } from 'vitest'
import { addCommands } from '../../src/commands/add-commands.js'
import { commandsPage } from '../support/commands-page.js'

test('docs/commands.md describes every command and every flag as they are', async () => {
  const program = new Command('halfrate')
  addCommands(program, () => undefined)
  await expect(commandsPage(program)).toMatchFileSnapshot('../../../../docs/commands.md')
})

function everyCommand(parent: Command): readonly Command[] {
  return parent.commands.flatMap((command) => [command, ...everyCommand(command)])
}

test('every command has --json', () => {
  const program = new Command('halfrate')
  addCommands(program, () => undefined)
  const all = everyCommand(program)
  expect(all.length).toBeGreaterThan(20)
  const without = all.filter(({ options }) => !options.some(({ long }) => long === '--json'))
  expect(without.map((command) => command.name())).toEqual([])
})
