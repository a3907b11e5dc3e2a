import type { Command } from 'commander'
import { completionScript, type Shell } from '../completion/completion-script.js'
import { EXIT } from '../exit-code.js'
import { oneOf } from '../flags/parse-flag.js'

/**
 * Prints a script by which a shell completes commands and flags.
 *
 * @throws {ConfigError} when there is none for that shell.
 */
export function completion(shell: string, program: Command): number {
  const known = oneOf<Shell>('<shell>', ['bash', 'zsh', 'fish', 'powershell'])(shell)
  process.stdout.write(completionScript(program, known))
  return EXIT.usable
}
