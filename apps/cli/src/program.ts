import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { addCommands } from './commands/add-commands.js'
import { PROGRAM_HELP } from './commands/help-text.js'
import { EXIT } from './exit-code.js'
import { helpLines } from './screen/help-lines.js'
import { USAGE_STEP } from './screen/usage-step.js'
import { widthFor } from './terminal/width-for.js'

/**
 * Runs one command line and answers the exit code. Never throws.
 *
 * Commands are loaded when they are called, so that `--help` is quick.
 */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.usable
  const isJson = args.includes('--json')
  const program = new Command('halfrate')
    .description('The half-price route for Claude: requests in, answers out, half the price.')
    .version(version(), '-V, --version', 'show the version')
    .addHelpText('after', PROGRAM_HELP)
    .showHelpAfterError(isJson ? false : `  ${USAGE_STEP}   (code usage)`)
    .configureOutput({
      // Lines are broken where they are written, and nowhere but on a terminal.
      getOutHelpWidth: () => UNBROKEN,
      getErrHelpWidth: () => UNBROKEN,
      writeOut: (text) => void process.stdout.write(fitted(text, process.stdout)),
      writeErr: (text) => void process.stderr.write(fitted(text, process.stderr)),
      outputError: (text, write) => (isJson ? undefined : write(text)),
    })
    .exitOverride()
  addCommands(program, (code) => {
    exitCode = code
  })
  program.hook('preAction', async (_, command) => {
    const flags = command.options.map(({ long }) => long)
    if (!flags.includes('--store') && !flags.includes('--base-url')) return
    const { readSettings } = await import('./settings/command-settings.js')
    await readSettings(command)
  })
  try {
    await program.parseAsync([...args], { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.usable
    // Commander has said its errors already, in text.
    if (!isJson && error instanceof CommanderError) return EXIT.couldNotWork
    const { errorLines, errorObject } = await import('./screen/error-screen.js')
    const width = process.stderr.isTTY ? widthFor(process.stderr) : null
    const text = isJson ? JSON.stringify(errorObject(error)) : errorLines(error, width).join('\n')
    process.stderr.write(`${text}\n`)
    return EXIT.couldNotWork
  }
}

const UNBROKEN = 100_000

function fitted(text: string, stream: { readonly isTTY?: boolean; readonly columns?: number }) {
  return stream.isTTY === true ? helpLines(text, widthFor(stream)).join('\n') : text
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { readonly version: string }).version
}
