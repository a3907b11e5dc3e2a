import type { Command } from 'commander'
import { completionScript, type Shell } from '../completion/completion-script.js'
import { EXIT } from '../exit-code.js'
import { oneOf } from '../flags/parse-flag.js'

/** Flags of `completion`. */
export interface CompletionFlags {
  readonly json?: boolean | undefined
}

/**
 * Prints a script by which a shell completes commands and flags.
 *
 * @throws {ConfigError} when there is none for that shell.
 */
export function completion(shell: string, flags: CompletionFlags, program: Command): number {
  const known = oneOf<Shell>('<shell>', ['bash', 'zsh', 'fish', 'powershell'])(shell)
  const script = completionScript(program, known)
  const object = { type: 'completion', shell: known, script }
  process.stdout.write(flags.json === true ? `${JSON.stringify(object)}\n` : script)
  return EXIT.usable
}
