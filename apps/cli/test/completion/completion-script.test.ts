import { spawnSync } from 'node:child_process'
import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { addCommands } from '../../src/commands/add-commands.js'
import { completionScript, type Shell } from '../../src/completion/completion-script.js'

const program = new Command('halfrate')
addCommands(program, () => undefined)

/** What bash offers when tab is pressed behind these words. */
function offered(...words: readonly string[]): readonly string[] {
  const line = ['halfrate', ...words].map((word) => `'${word}'`).join(' ')
  const ask = `COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _halfrate; printf '%s\\n' "\${COMPREPLY[@]}"`
  const script = `${completionScript(program, 'bash')}\n${ask}`
  const { stdout, stderr } = spawnSync('bash', ['-u'], { input: script, encoding: 'utf8' })
  expect(stderr).toBe('')
  return stdout.trim().split('\n')
}

describe('completion', () => {
  test('bash offers commands, the commands of a command, and their flags', () => {
    expect(offered('re')).toEqual(['results', 'retry', 'resume', 'reprice', 'recover'])
    expect(offered('queues', 'p')).toEqual(['pause'])
    expect(offered('queues', 'set', 'triage', '--flush')).toEqual([
      '--flush-count',
      '--flush-bytes',
      '--flush-age',
      '--flush-schedule',
      '--flush-time-zone',
    ])
    expect(offered('retry', 'run', '--cut')).toEqual(['--cut-off'])
  })

  test.for<Shell>(['bash', 'zsh', 'fish', 'powershell'])('%s knows every command', (shell) => {
    const script = completionScript(program, shell)
    for (const command of program.commands) expect(script).toContain(command.name())
    for (const flag of ['flush-age', 'cut-off', 'integrity']) expect(script).toContain(flag)
  })
})
