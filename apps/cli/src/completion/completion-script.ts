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
      return `autoload -U +X bashcompinit && bashcompinit\n${bashScript(words)}`
    case 'fish':
      return fishScript(program, words)
    case 'powershell':
      return powershellScript(words)
  }
}

// The longest path of commands that the line begins with says what may follow; a flag that takes a value is followed by
// the name of a file.
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
  if [ "\${#COMPREPLY[@]}" -eq 0 ]; then COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -o filenames -F _halfrate halfrate
`
}

function fishScript(program: Command, words: readonly CommandWords[]): string {
  const lines = words.flatMap(({ path, commands, flags, takesFiles }) => {
    const command = commandAt(program, path)
    const seen = path.split(' ').filter((word) => word !== '')
    const at =
      seen.length === 0
        ? '__fish_use_subcommand'
        : seen.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ')
    const below = commands.map((name) => {
      const about = commandAt(command, name).description()
      const unlessSeen =
        seen.length === 0 ? '' : `; and not __fish_seen_subcommand_from ${commands.join(' ')}`
      return `complete -c halfrate -f -n '${at}${unlessSeen}' -a ${name} -d ${fishText(about)}`
    })
    const options = flags.map((flag) => `complete -c halfrate -n '${at}' -l ${flag.slice(2)}`)
    return [...below, ...options, ...(takesFiles ? [`complete -c halfrate -n '${at}' -F`] : [])]
  })
  return `${lines.join('\n')}\n`
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
