import type { Command } from 'commander'

/** Tells the program the exit code of the command that ran. */
export type Done = (exitCode: number) => void

/** The store of a folder where nobody names another. */
export const DEFAULT_STORE = './halfrate.db'

/** Adds the flags of every command that opens a store. */
export function withStore(command: Command): Command {
  return command
    .option('--store <place>', 'the store: a file, or postgres://user@host/database', DEFAULT_STORE)
    .option(
      '--clock <clock>',
      'only with an emulator: its start line, which tells its fast clock, or a file with it',
    )
}

/** Adds the flags of every command that asks the provider. */
export function withProvider(command: Command): Command {
  return command.option(
    '--base-url <url>',
    "where the API is (default: the provider's own address)",
  )
}

/** Adds the flags that say how an input of rows is read. */
export function withInput(command: Command): Command {
  return command
    .option(
      '--key-column <name>',
      'the column that names each row; # for its number (default: key, else id, else #)',
    )
    .option(
      '--input-format <format>',
      'csv, jsonl or documents, where the ending of the name does not tell',
    )
    .option('--delimiter <char>', 'between the cells of CSV: , ; | or tab (default: by the header)')
}

/** Adds the flags that say when answers are wanted. */
export function withDeadline(command: Command): Command {
  return command
    .option(
      '--by <time>',
      'when the answers are wanted: a time of the day such as 06:00, with --time-zone, or an instant; for rows without a deadline_at',
    )
    .option('--time-zone <name>', 'the place whose time --by is, as Europe/Berlin')
}

/** Adds `--json` to a command that says one thing. */
export function withJson(command: Command): Command {
  return command.option('--json', 'one JSON object instead of text')
}
