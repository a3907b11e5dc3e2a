import { Command, CommanderError } from 'commander'
import { addCommands } from './commands/add-commands.js'
import { EXIT } from './exit-code.js'

/**
 * Runs one command line and answers the exit code. Never throws.
 *
 * Commands are loaded when they are called, so that `--help` is quick.
 */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.usable
  const program = new Command('halfrate')
    .description('The half-price route for Claude: requests in, answers out, half the price.')
    .exitOverride()
  addCommands(program, (code) => {
    exitCode = code
  })
  try {
    await program.parseAsync([...args], { from: 'user' })
    return exitCode
  } catch (error) {
    // Commander has said its errors already; help is none.
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? EXIT.usable : EXIT.couldNotWork
    }
    const { errorLines, errorObject } = await import('./screen/error-screen.js')
    const isJson = args.includes('--json')
    const text = isJson ? JSON.stringify(errorObject(error)) : errorLines(error).join('\n')
    process.stderr.write(`${text}\n`)
    return EXIT.couldNotWork
  }
}
