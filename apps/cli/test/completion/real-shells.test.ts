import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { addCommands } from '../../src/commands/add-commands.js'
import { completionScript, type Shell } from '../../src/completion/completion-script.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const program = new Command('halfrate')
addCommands(program, () => undefined)

// A zsh at a terminal of its own: what it would offer when tab is pressed is what it hands to compadd.
const ASK_ZSH = `zmodload zsh/zpty
zpty inner zsh -f -i
zpty -w inner "PROMPT='rea''dy> '; LISTMAX=10000; source ./script"
zpty -r inner said '*ready> *'
zpty -w inner 'compadd() { local -a hits; builtin compadd -O hits "$@"; print -rl -- $hits >> offered; builtin compadd "$@" }'
zpty -r inner said '*ready> *'
zpty -w -n inner "$1"$'\\t\\C-uexit\\n'
while zpty -r inner said; do :; done
`
const ASK_FISH = `source ./script
complete -C $argv[1] > offered
`

interface RealShell {
  readonly shell: Shell
  /** A script of the shell that is given a line, and writes to `offered` what the shell offers behind it. */
  readonly ask: string
  readonly flags: readonly string[]
}

const SHELLS: readonly RealShell[] = [
  { shell: 'zsh', ask: ASK_ZSH, flags: ['-f'] },
  { shell: 'fish', ask: ASK_FISH, flags: ['--no-config'] },
]

function findBinary(name: string): string | null {
  const folders = (process.env.PATH ?? '').split(':')
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null
}

/** What a shell offers when tab is pressed behind a line, in a folder that holds `demand.jsonl`. */
function offered(real: RealShell, binary: string, line: string): readonly string[] {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'script'), completionScript(program, real.shell))
  writeFileSync(join(folder, 'ask'), real.ask)
  writeFileSync(join(folder, 'demand.jsonl'), '')
  writeFileSync(join(folder, 'offered'), '')
  const { status, stderr } = spawnSync(binary, [...real.flags, './ask', line], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, TERM: 'xterm', LANG: 'C.UTF-8' },
    encoding: 'utf8',
    timeout: 60_000,
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  const words = readFileSync(join(folder, 'offered'), 'utf8')
    .split('\n')
    .map((each) => each.split('\t')[0] ?? '')
  return [...new Set(words.filter((word) => word !== ''))].sort()
}

const CASES: readonly (readonly [line: string, words: readonly string[]])[] = [
  ['halfrate re', ['recover', 'reprice', 'results', 'resume', 'retry']],
  ['halfrate queues p', ['pause']],
  [
    'halfrate queues set triage --flush',
    ['--flush-age', '--flush-bytes', '--flush-count', '--flush-schedule', '--flush-time-zone'],
  ],
  // A job that is called like a command.
  ['halfrate retry run --c', ['--clock', '--code', '--cut-off']],
  ['halfrate run dem', ['demand.jsonl']],
]

describe.for(SHELLS)('$shell itself', (real) => {
  const binary = findBinary(real.shell)
  if (binary === null) {
    const reason = `${real.shell} is not installed; apt-get install ${real.shell}, then run this again`
    process.stderr.write(`Completion in ${real.shell} itself is not tested: ${reason}.\n`)
    test.skip(`offers what the program has (skipped: ${reason})`)
    return
  }

  test.for(CASES)('offers behind “%s” what may follow', ([line, words]) => {
    expect(offered(real, binary, line)).toEqual(words)
  })

  test('offers every command behind the name of the program', () => {
    const words = offered(real, binary, 'halfrate ')
    expect(words).toEqual(expect.arrayContaining(program.commands.map((command) => command.name())))
  })
})

describe('powershell itself', () => {
  test.skip('offers what the program has (skipped: Debian has no package of PowerShell)')
})
