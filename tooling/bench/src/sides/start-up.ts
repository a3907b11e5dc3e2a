import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { InvariantError } from '@halfrate/core'

const CLI = fileURLToPath(new URL('../../../../apps/cli/dist/main.js', import.meta.url))
const TIMES = 10

/** `halfrate --help`, ten times. */
export async function helpOurs(): Promise<number> {
  return await timed([CLI, '--help'])
}

/** `node -e 0`, ten times. */
export async function nodeAlone(): Promise<number> {
  return await timed(['-e', '0'])
}

async function timed(args: readonly string[]): Promise<number> {
  const startedAt = performance.now()
  for (let time = 0; time < TIMES; time += 1) {
    const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' })
    if (status !== 0) throw new InvariantError(`node ${args.join(' ')} ended with ${status}.`)
  }
  return performance.now() - startedAt
}
