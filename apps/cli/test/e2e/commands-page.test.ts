import { Command } from 'commander'
import { expect, test } from 'vitest'
import { addCommands } from '../../src/commands/add-commands.js'
import { commandsPage } from '../support/commands-page.js'

test('docs/commands.md describes every command and every flag as they are', async () => {
  const program = new Command('halfrate')
  addCommands(program, () => undefined)
  await expect(commandsPage(program)).toMatchFileSnapshot('../../../../docs/commands.md')
})
