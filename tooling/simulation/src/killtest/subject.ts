import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One `halfrate run` that is killed and started again until it ends: its files and its command. */
export interface Subject {
  readonly folder: string
  readonly requests: string
  readonly results: string
  readonly store: string
  readonly argv: readonly string[]
}

/** How one process of a subject ended. */
export type End = { readonly type: 'exited'; readonly code: number } | { readonly type: 'killed' }

// From dist/killtest to the root of the repository.
const CLI = fileURLToPath(new URL('../../../../apps/cli/dist/main.js', import.meta.url))

/** Writes the requests of a subject and its command line. */
export function makeSubject(params: {
  readonly folder: string
  readonly rows: number
  readonly url: string
  readonly startLine: string
}): Subject {
  const { folder } = params
  const requests = join(folder, 'requests.jsonl')
  const results = join(folder, 'results.jsonl')
  const store = join(folder, 'halfrate.db')
  const lines = Array.from({ length: params.rows }, (_, index) => requestLine(index))
  writeFileSync(requests, `${lines.join('\n')}\n`)
  const argv = [
    ...['run', requests, '-o', results, '--store', store, '--base-url', params.url],
    ...['--clock', params.startLine, '--batch-size', '20', '--json'],
  ]
  return { folder, requests, results, store, argv }
}

function requestLine(index: number): string {
  const content = `Document ${index}. ${'All of it matters. '.repeat(index % 40)}`
  const params = {
    model: 'claude-haiku-4-5',
    max_tokens: 400,
    messages: [{ role: 'user', content }],
  }
  return JSON.stringify({ key: `row-${index}`, params })
}

/** Runs the command once more; `killAfterMs` null lets it end by itself. */
export async function runOnce(subject: Subject, killAfterMs: number | null): Promise<End> {
  const child = start(subject, subject.argv)
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>
  const timer =
    killAfterMs === null ? null : setTimeout(() => void child.kill('SIGKILL'), killAfterMs)
  const [code] = await exited
  if (timer !== null) clearTimeout(timer)
  return code === null ? { type: 'killed' } : { type: 'exited', code }
}

/** Runs another command on the subject's store; answers its exit code. */
export async function runCommand(subject: Subject, argv: readonly string[]): Promise<number> {
  const [code] = (await once(start(subject, argv), 'exit')) as [number | null]
  return code ?? -1
}

/** What the processes of a subject printed, newest last. */
export function logOf(subject: Subject): string {
  return readFileSync(join(subject.folder, 'log.txt'), 'utf8')
}

function start(subject: Subject, argv: readonly string[]): ChildProcess {
  const log = openSync(join(subject.folder, 'log.txt'), 'a')
  try {
    return spawn(process.execPath, [CLI, ...argv], {
      cwd: subject.folder,
      env: { PATH: process.env.PATH, HOME: subject.folder, ANTHROPIC_API_KEY: 'kill-test' },
      stdio: ['ignore', log, log],
    })
  } finally {
    closeSync(log)
  }
}
