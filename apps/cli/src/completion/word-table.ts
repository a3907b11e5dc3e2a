import type { Command } from 'commander'

/** What can follow a command: `` for the program itself, `queues set` for a command of a command. */
export interface CommandWords {
  readonly path: string
  readonly commands: readonly string[]
  readonly flags: readonly string[]
  /** Whether the name of a file may follow. */
  readonly takesFiles: boolean
}

/** The words of every command of a program, as its tree has them. */
export function wordTable(program: Command): readonly CommandWords[] {
  return wordsOf(program, '')
}

function wordsOf(command: Command, path: string): readonly CommandWords[] {
  const own = {
    path,
    commands: command.commands.map((each) => each.name()),
    flags: [...command.options.flatMap(({ long }) => long ?? []), '--help'],
    takesFiles: command.registeredArguments.some((each) => each.name() === 'file'),
  }
  const below = command.commands.flatMap((each) =>
    wordsOf(each, path === '' ? each.name() : `${path} ${each.name()}`),
  )
  return [own, ...below]
}
