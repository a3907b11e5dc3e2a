import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@halfrate/postgres-server'

/** A PgBouncer of our own. */
export interface RunningPgbouncer {
  /** Of the database behind it. */
  readonly url: string
  readonly stop: () => Promise<void>
}

const NOBODY = 65_534
const PLACES = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']

/** Where PgBouncer is; null when it is not installed. */
export function findPgbouncer(): string | null {
  const found = PLACES.map((folder) => join(folder, 'pgbouncer')).find((path) => existsSync(path))
  return found ?? null
}

/** Starts one in transaction mode on a free port, with fewer connections to the server than a test has to it. */
export async function startPgbouncer(binary: string, database: string): Promise<RunningPgbouncer> {
  const target = new URL(database)
  const folder = mkdtempSync(join(tmpdir(), 'halfrate-pgbouncer-'))
  const isRoot = process.getuid?.() === 0
  const port = await freePort()
  const users = join(folder, 'users.txt')
  const config = join(folder, 'pgbouncer.ini')
  writeFileSync(users, `"${target.username}" "${target.password}"\n`)
  writeFileSync(config, configText({ target, port, users }))
  if (isRoot) {
    // It refuses to run as root.
    for (const path of [folder, users, config]) chownSync(path, NOBODY, NOBODY)
  }
  chmodSync(folder, 0o700)
  const user = isRoot ? { uid: NOBODY, gid: NOBODY } : {}
  const process_ = spawn(binary, [config], {
    ...user,
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  await isUp(process_)
  target.hostname = '127.0.0.1'
  target.port = String(port)
  return {
    url: target.href,
    stop: () =>
      new Promise((resolve) => {
        process_.once('exit', () => {
          rmSync(folder, { recursive: true, force: true })
          resolve()
        })
        process_.kill('SIGTERM')
      }),
  }
}

function configText(params: Readonly<{ target: URL; port: number; users: string }>): string {
  const { target, port, users } = params
  return `[databases]
* = host=${target.hostname} port=${target.port || '5432'}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${users}
pool_mode = transaction
default_pool_size = 2
max_client_conn = 100
`
}

function isUp(process_: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    const hear = (chunk: Buffer): void => {
      said += chunk.toString()
      if (said.includes('process up')) resolve()
    }
    process_.stdout?.on('data', hear)
    process_.stderr?.on('data', hear)
    process_.once('error', reject)
    process_.once('exit', (code) => reject(new TypeError(`PgBouncer ended with ${code}:\n${said}`)))
  })
}
