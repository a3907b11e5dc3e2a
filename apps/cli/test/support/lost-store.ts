import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { makeCustomId, type RequestId } from '@halfrate/core'
import { keyHashOf, keyTailOf } from '@halfrate/core/intake'
import { nodeDigest } from '@halfrate/runtime'
import { type Ended, halfrate, type TestEmulator } from './cli.js'

/** A row of a salvage; only what tests read. */
export interface SalvagedLine {
  readonly key: string | null
  readonly status: string
  readonly text: string | null
  readonly cost_usd: string | null
  readonly error: { readonly code: string } | null
  readonly custom_id: string
  readonly batch_id: string
  readonly key_from: string | null
  readonly result: number
  readonly results: number
}

/** Salvages from an emulator, which needs no clock for it. */
export function salvage(
  folder: string,
  claude: TestEmulator,
  ...args: readonly string[]
): Promise<Ended> {
  return halfrate(['salvage', ...args, '--base-url', claude.url], { cwd: folder })
}

/** The rows of a text of JSON Lines. */
export function rowsOf(text: string): readonly SalvagedLine[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as SalvagedLine)
}

/** Sends the requests of a file and loses the store of them. */
export async function sendAndLose(
  folder: string,
  claude: TestEmulator,
  input: string,
): Promise<Ended> {
  const args = ['run', input, '-o', 'results.jsonl', '--detach', ...claude.flags]
  const sent = await halfrate(args, { cwd: folder })
  loseStore(folder)
  return sent
}

/** Loses the store of a folder. */
export function loseStore(folder: string): void {
  for (const end of ['', '-wal', '-shm']) {
    rmSync(join(folder, `halfrate.db${end}`), { force: true })
  }
}

/** Lets others act at the emulator: `advance`, `foreign`, `delete`, `cancel`. */
export async function act(claude: TestEmulator, name: string, body: object): Promise<object> {
  const answer = await fetch(`${claude.url}/_emulator/${name}`, {
    method: 'POST',
    body: JSON.stringify(body),
  })
  return (await answer.json()) as object
}

const SEALING = { hmac: nodeDigest.hmacSha256, keys: [new Uint8Array(32)], workspaceId: null }
const NONCE_LENGTH = 13

/** The custom id of a request in a batch, with the tail of a key; without one for null. */
export function customId(requestId: number, batch: string, key: string | null): string {
  const nonce = batch.padEnd(NONCE_LENGTH, '0') as Parameters<typeof makeCustomId>[1]
  const head = makeCustomId(requestId as RequestId, nonce, SEALING)
  return key === null ? head : head + keyTailOf(key, keyHashOf(key, nodeDigest.hash128))
}
