import type { Command } from 'commander'
import { type CommandWords, wordTable } from './word-table.js'

/** A shell that completes. */
export type Shell = 'bash' | 'zsh' | 'fish' | 'powershell'

/** The script by which a shell completes the commands and flags of a program. */
export function completionScript(program: Command, shell: Shell): string {
  const words = wordTable(program)
  switch (shell) {
    case 'bash':
      return bashScript(words)
    case 'zsh':
      return `${ZSH_FIRST}${bashScript(words)}`
    case 'fish':
      return fishScript(program, words)
    case 'powershell':
      return powershellScript(words)
  }
}

// The completion of bash runs in zsh once zsh's own has been set up, which not every .zshrc does.
const ZSH_FIRST = `(( $+functions[compdef] )) || { autoload -U compinit && compinit }
autoload -U +X bashcompinit && bashcompinit
`

// The longest path of commands that the line begins with says what may follow; where nothing of that fits, the shell
// itself offers names of files.
function bashScript(words: readonly CommandWords[]): string {
  const cases = words.map(
    ({ path, commands, flags }) => `    '${path}') words='${[...commands, ...flags].join(' ')}' ;;`,
  )
  return `_halfrate() {
  local word path='' words='' next i
  local current="\${COMP_WORDS[COMP_CWORD]}"
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    next="\${path:+$path }$word"
    case "$next" in
      ${words.flatMap(({ path }) => (path === '' ? [] : [`'${path}'`])).join('|')}) path="$next" ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _halfrate halfrate
`
}

// A job may bear the name of a command, and a command of a command that of another one: only the whole path counts.
function fishScript(program: Command, words: readonly CommandWords[]): string {
  const lines = words.flatMap(({ path, commands, flags, takesFiles }) => {
    const command = commandAt(program, path)
    const at = `complete -c halfrate -n '__halfrate_at ${path}'`
    const below = commands.map(
      (name) => `${at} -f -a ${name} -d ${fishText(commandAt(command, name).description())}`,
    )
    const options = flags.map((flag) => `${at} -l ${flag.slice(2)}`)
    return [...below, ...options, ...(takesFiles ? [`${at} -F`] : [])]
  })
  const paths = words.flatMap(({ path }) => (path === '' ? [] : [`'${path}'`]))
  return `function __halfrate_at
  set -l path
  set -l words (commandline -opc)
  set -e words[1]
  for word in $words
    set -l next "$path $word"
    if contains -- (string trim -- $next) ${paths.join(' ')}
      set path (string trim -- $next)
    end
  end
  test "$path" = "$argv"
end
${lines.join('\n')}
`
}

function commandAt(program: Command, path: string): Command {
  return path
    .split(' ')
    .filter((name) => name !== '')
    .reduce(
      (command, name) => command.commands.find((each) => each.name() === name) ?? command,
      program,
    )
}

function fishText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

function powershellScript(words: readonly CommandWords[]): string {
  const rows = words.map(
    ({ path, commands, flags }) =>
      `    '${path}' = @(${[...commands, ...flags].map((word) => `'${word}'`).join(', ')})`,
  )
  return `Register-ArgumentCompleter -Native -CommandName halfrate -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @{
${rows.join('\n')}
  }
  $path = ''
  foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
    $next = ("$path " + $element.ToString()).Trim()
    if ($element.ToString() -ne $wordToComplete -and $words.ContainsKey($next)) { $path = $next }
  }
  $words[$path] | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`
}
