import type { Command, Option } from 'commander'

// Flags that mean the same everywhere; said once, at the head.
const SHARED = new Set(['--store', '--clock', '--json', '--base-url', '--help'])

const HEAD = `# Commands

What \`halfrate\` can do, command by command: what \`--help\` says, in one page. \`halfrate COMMAND --help\` shows one of them.
This page is made from the commands themselves; a test compares the two, and
\`vitest run test/e2e/commands-page.test.ts -u\` in \`apps/cli\` writes it anew.

Flags of many commands:

* \`--store PLACE\`: the store, a file or \`postgres://user@host/database\` (default: what the config file says, else
  \`./halfrate.db\`).
* \`--json\`: objects for programs instead of text. Data is on standard output, one object for what the command found or did;
  \`run\`, \`work\`, \`recover\`, \`salvage\` and \`demo\` tell what happens on the way as one object a line, on standard error.
* \`--base-url URL\`: where the API is, when \`ANTHROPIC_BASE_URL\` does not say.
* \`--clock CLOCK\`: only with an emulator, whose start line tells its clock.

A \`halfrate.config.json\` or \`halfrate.config.ts\` in the folder gives flags that nobody types: [config.md](config.md).

Exit codes: 0 done, and every row that it is about has a usable answer; 2 some have not, or something was found; 1 it could not
work; 130 interrupted. Nothing but data is on standard output. Colours are off when it is no terminal, or \`NO_COLOR\` is set.
`

/** The page about all commands of a program, as Markdown. */
export function commandsPage(program: Command): string {
  return [HEAD, ...program.commands.flatMap((command) => sectionsOf(command, 'halfrate'))].join(
    '\n',
  )
}

function sectionsOf(command: Command, parent: string): readonly string[] {
  const name = `${parent} ${command.name()}`
  return [sectionOf(command, name), ...command.commands.flatMap((child) => sectionsOf(child, name))]
}

function sectionOf(command: Command, name: string): string {
  const depth = '#'.repeat(name.split(' ').length)
  const own = command.options.filter((option) => !SHARED.has(option.long ?? ''))
  const shared = command.options.filter((option) => SHARED.has(option.long ?? ''))
  const parts = [`${depth} ${name}${argumentsOf(command)}`, sentence(command.description())]
  const named = command.registeredArguments.filter(({ description }) => description !== '')
  if (named.length > 0) {
    parts.push(named.map((each) => `* \`${each.name()}\`: ${escaped(each.description)}`).join('\n'))
  }
  if (own.length > 0) parts.push(table(own))
  if (shared.length > 0) {
    parts.push(`Also: ${shared.map(({ long }) => `\`${long}\``).join(', ')}.`)
  }
  const text = afterText(command)
  if (text !== '') parts.push(`\`\`\`text\n${text}\n\`\`\``)
  return `${parts.join('\n\n')}\n`
}

function argumentsOf(command: Command): string {
  return command.registeredArguments
    .map((each) => ` ${each.name().toUpperCase()}${each.variadic ? '…' : ''}`)
    .join('')
}

function table(options: readonly Option[]): string {
  const rows = options.map((option) => `| \`${option.flags}\` | ${escaped(option.description)} |`)
  return ['| flag | does |', '|---|---|', ...rows].join('\n')
}

// What is printed below the help of a command, which is told to whoever listens.
function afterText(command: Command): string {
  const texts: string[] = []
  command.configureOutput({ writeOut: (text) => void texts.push(text) })
  command.outputHelp()
  const text = texts.join('')
  return text.slice(command.helpInformation().length).trim()
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|')
}
