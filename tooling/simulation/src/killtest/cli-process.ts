import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('../../../../apps/cli/dist/main.js', import.meta.url))

/** How a run of the command ended. */
export interface CliEnd {
  /** Its exit code; null when it was killed. */
  readonly code: number | null
  /** What it said on both outputs. */
  readonly said: string
}

/**
 * Runs the command as a user does, in a process of its own, and kills it with `kill -9` after a while unless it has
 * ended by then. Null lets it run.
 */
export async function runCli(args: readonly string[], killAfterMs: number | null): Promise<CliEnd> {
  const child = spawn(process.execPath, [SCRIPT, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  const hear = (piece: Buffer): void => {
    said += piece.toString()
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const isOver = new AbortController()
  const exited = once(child, 'close').finally(() => isOver.abort())
  if (killAfterMs !== null) {
    const timer = sleep(killAfterMs, undefined, { signal: isOver.signal })
    timer.then(
      () => child.kill('SIGKILL'),
      () => undefined,
    )
  }
  const [code] = await exited
  return { code: code as number | null, said }
}
