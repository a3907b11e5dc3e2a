import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@redis/client'
import { vi } from 'vitest'

/** What the example needs of a server. */
export const KEEPS_ALL: Readonly<Record<string, string>> = {
  appendonly: 'yes',
  appendfsync: 'always',
  'maxmemory-policy': 'noeviction',
}

/** A server of our own: a free port, a directory of its own, a process that only we end. */
export class RedisServer {
  readonly url: string
  readonly #port: number
  readonly #directory: string
  readonly #settings: Readonly<Record<string, string>>
  #process: ChildProcess | null = null

  private constructor(port: number, settings: Readonly<Record<string, string>>) {
    this.#port = port
    this.#settings = settings
    this.#directory = mkdtempSync(join(tmpdir(), 'own-store-'))
    this.url = `redis://127.0.0.1:${port}`
  }

  static async start(settings: Readonly<Record<string, string>> = KEEPS_ALL): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), settings)
    await server.start()
    return server
  }

  /** Starts it, again with other settings if some are given, on what it kept. */
  async start(settings: Readonly<Record<string, string>> = this.#settings): Promise<void> {
    const words = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
    const own = ['--bind', '127.0.0.1', '--port', String(this.#port), '--dir', this.#directory]
    this.#process = spawn(
      'redis-server',
      [...own, '--save', '', '--loglevel', 'warning', ...words],
      {
        stdio: 'ignore',
      },
    )
    await this.#answers(this.#process)
  }

  /** Ends it at once, as a crash does, and waits until it is gone. */
  async kill(): Promise<void> {
    const running = this.#process
    this.#process = null
    if (running === null || running.exitCode !== null) return
    const gone = new Promise((resolve) => running.once('exit', resolve))
    running.kill('SIGKILL')
    await gone
  }

  /** Ends it and removes what it kept. */
  async remove(): Promise<void> {
    await this.kill()
    rmSync(this.#directory, { recursive: true, force: true })
  }

  /** Sends a command past the store. */
  async command(...words: readonly string[]): Promise<unknown> {
    const client = createClient({ url: this.url, RESP: 2 })
    client.on('error', () => undefined)
    await client.connect()
    try {
      return await client.sendCommand([...words])
    } finally {
      client.destroy()
    }
  }

  // It listens after a moment, and has read its log a moment later; one that ended says so.
  async #answers(running: ChildProcess): Promise<void> {
    const ended = new Promise<never>((_, reject) => {
      running.once('exit', (code) => reject(new Error(`redis-server ended with code ${code}.`)))
      running.once('error', reject)
    })
    ended.catch(() => undefined)
    await Promise.race([vi.waitFor(() => this.command('PING'), { timeout: 30_000 }), ended])
  }
}

/** Why tests that need a server can't run here; null when they can. */
export function whyNoServer(): string | null {
  const found = spawnSync('redis-server', ['--version'])
  if (found.status === 0) return null
  return 'there is no redis-server on the PATH; on Debian: apt-get install redis-server, then run npm test again'
}

// Below what systems hand out by themselves: such a port could be somebody else's while the server is away.
async function freePort(): Promise<number> {
  const port = randomInt(10_240, 32_768)
  const listener = createServer()
  const isFree = await new Promise<boolean>((resolve) => {
    listener.once('error', () => resolve(false))
    listener.listen(port, '127.0.0.1', () => listener.close(() => resolve(true)))
  })
  return isFree ? port : freePort()
}
