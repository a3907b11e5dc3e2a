import { spawn } from 'node:child_process'
import { join } from 'node:path'

/** How a command ended. */
export interface CommandResult {
  /** True when it ended with exit code 0. */
  isOk: boolean
  /** What it wrote to both of its streams, in the order of writing, without blank lines around it. */
  output: string
}

/**
 * Runs a tool that the workspace has installed, in its root, and waits for its end.
 *
 * @param root absolute path of the workspace.
 * @param command name of the tool as in `node_modules/.bin`, and its arguments; no shell reads them.
 */
export function runTool(root: string, command: readonly string[]): Promise<CommandResult> {
  const [tool = '', ...args] = command
  return new Promise((resolve) => {
    const program = join(root, 'node_modules', '.bin', tool)
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('error', (error) => resolve({ isOk: false, output: `${tool}: ${error.message}` }))
    child.on('close', (code) => {
      resolve({ isOk: code === 0, output: Buffer.concat(chunks).toString('utf8').trim() })
    })
  })
}
