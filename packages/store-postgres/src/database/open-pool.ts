import { Socket } from 'node:net'
import pg, { type Client, type Pool } from 'pg'
import { COLUMN_TYPES } from './column-types.js'

/** How a pool connects. */
export interface PoolOptions {
  readonly url: string
  readonly poolSize: number
  readonly connectTimeoutMs: number
  /** After so long without an answer the connection is taken for dead. */
  readonly answerTimeoutMs: number
}

const KEEP_ALIVE_MS = 10_000
const IDLE_MS = 30_000

/**
 * Opens a pool of connections. Nothing is connected yet.
 *
 * A connection that the network forgot is found by TCP keepalive while it is idle, and by the time-out of its answer
 * while it is not.
 */
export function openPool({ url, poolSize, connectTimeoutMs, answerTimeoutMs }: PoolOptions): Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: IDLE_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    query_timeout: answerTimeoutMs,
    fallback_application_name: 'halfrate',
    types: COLUMN_TYPES,
  })
  // A connection that breaks while nobody uses it is gone from the pool already; the next step gets another one. One
  // that breaks between two statements of a step fails the next of them. Without a listener either ends the process.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

/** A connection outside of the pool. */
export interface ListeningConnection {
  readonly client: Client
  /** Ends it at once, without asking the server. */
  readonly cut: () => void
}

/** Makes a connection of its own, which is connected by whoever uses it. */
export function listeningConnection({
  url,
  connectTimeoutMs,
}: Pick<PoolOptions, 'url' | 'connectTimeoutMs'>): ListeningConnection {
  const socket = new Socket()
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    query_timeout: connectTimeoutMs,
    fallback_application_name: 'halfrate listener',
    stream: () => socket,
  })
  return { client, cut: () => socket.destroy() }
}

/** A store's place as it may be printed: never with the password. */
export function placeOf(url: string, schema: string): string {
  const { host, port, database, user } = new pg.Client({ connectionString: url })
  const who = user === undefined ? '' : `${user}@`
  return `postgres://${who}${host}:${port}/${database ?? ''} (schema ${schema})`
}
