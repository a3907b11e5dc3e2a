import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const SERVER = fileURLToPath(new URL('./bench-server.js', import.meta.url))

/** Runs something against the emulator in another process, whose batches end at once, and ends that process. */
export async function withEmulator<T>(
  run: (url: string) => Promise<T>,
  options: readonly string[] = [],
): Promise<T> {
  const program = fileURLToPath(new URL('./main.js', import.meta.resolve('@halfrate/emulator')))
  return await withProgram([program, '--turnaround', '0s-0s', ...options], async (line) => {
    const { url } = JSON.parse(line) as { url: string }
    return await run(url)
  })
}

/** Runs something against the bench's server in another process, and ends that process. */
export async function withServer<T>(
  resultsPath: string,
  count: number,
  run: (url: string) => Promise<T>,
): Promise<T> {
  return await withProgram([SERVER, resultsPath, String(count)], run)
}

async function withProgram<T>(
  argv: readonly string[],
  run: (firstLine: string) => Promise<T>,
): Promise<T> {
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
    return await run(line)
  } finally {
    child.kill()
  }
}
