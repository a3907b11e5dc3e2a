import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ConfigError } from '@halfrate/core'
import { freePort } from '@halfrate/postgres-server'

/** Where the bench tells its sides which port Redis has. */
export const REDIS_PORT = 'HALFRATE_BENCH_REDIS_PORT'

/** The port of this run's Redis. */
export function redisPort(): number {
  const port = Number(process.env[REDIS_PORT])
  if (Number.isInteger(port) && port > 0) return port
  throw new ConfigError(`${REDIS_PORT} is not set.`, 'Start the side through the bench.')
}

/** Whether there is a Redis on this machine; it doesn't come from npm. */
export function hasRedis(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0
}

/** A Redis of our own, as its makers advise for queues: every write in a file that is synced each second. */
export interface RunningRedis {
  readonly port: number
  readonly stop: () => void
}

/** Starts a Redis on a free port of this machine, with its data in a temporary folder. */
export async function startRedis(): Promise<RunningRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'halfrate-redis-'))
  const port = await freePort()
  const server = spawn(
    'redis-server',
    [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''],
      ...['--appendonly', 'yes', '--appendfsync', 'everysec', '--maxmemory-policy', 'noeviction'],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  await ready(server)
  return {
    port,
    stop: () => {
      server.once('exit', () => rmSync(folder, { recursive: true, force: true }))
      server.kill()
    },
  }
}

async function ready(server: ChildProcess): Promise<void> {
  if (server.stdout === null) return
  for await (const line of createInterface({ input: server.stdout })) {
    if (line.includes('Ready to accept connections')) return
  }
}
