import { type ChildProcess, spawn } from 'node:child_process'
import { delimiter } from 'node:path'

/** How a command is run. */
export interface CommandPlace {
  /** Absolute path of the folder that it runs in. */
  readonly cwd: string
  /** The whole environment. Default: that of this process. */
  readonly env?: Readonly<Record<string, string>> | undefined
  /** When it is ended by force. Milliseconds; default ten minutes. */
  readonly timeoutMs?: number | undefined
}

/** How a command ended and what it said. */
export interface CommandResult {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** How long it took, by the machine's own time. Milliseconds. */
  readonly ms: number
}

const LONGEST_MS = 600_000

/** Runs a program to its end; no shell reads its arguments. A program that is not there ends with code null. */
export function runCommand(
  [program = '', ...args]: readonly string[],
  place: CommandPlace,
): Promise<CommandResult> {
  const startedAt = performance.now()
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: place.cwd,
      env: place.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: place.timeoutMs ?? LONGEST_MS,
      killSignal: 'SIGKILL',
    })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout.on('data', (piece: Buffer) => stdout.push(piece))
    child.stderr.on('data', (piece: Buffer) => stderr.push(piece))
    const end = (code: number | null, more = ''): void => {
      resolve({
        code,
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8') + more,
        ms: Math.round(performance.now() - startedAt),
      })
    }
    child.on('error', (error) => end(null, `${program}: ${error.message}`))
    child.on('close', (code) => end(code))
  })
}

/** Starts a program that stays, whose standard output can be read. */
export function startCommand(
  [program = '', ...args]: readonly string[],
  place: CommandPlace,
): ChildProcess {
  return spawn(program, args, {
    cwd: place.cwd,
    env: place.env ?? process.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

/** The folders of `PATH`, without those that a package manager puts before them for its scripts. */
export function systemPath(): readonly string[] {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.filter((folder) => folder !== '' && !folder.includes('node_modules'))
}

/** The environment of this process. */
export function environment(): Readonly<Record<string, string>> {
  const entries = Object.entries(process.env)
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

// How a machine reaches the network is its own business, and an install needs it.
const NETWORK = [
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'NODE_EXTRA_CA_CERTS',
  'NODE_USE_SYSTEM_CA',
  'SSL_CERT_DIR',
  'SSL_CERT_FILE',
]

/** The part of the environment that says how the network is reached. */
export function networkEnvironment(): Readonly<Record<string, string>> {
  const names = NETWORK.flatMap((name) => [name, name.toUpperCase()])
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}
