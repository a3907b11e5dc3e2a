import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** The provider of one leg, in a process of its own that is never killed. */
export interface EmulatorChild {
  readonly url: string
  /** Its first line, which `--clock` takes. */
  readonly startLine: string
  end(): void
}

/** One row that the provider billed. */
export interface BilledRow {
  readonly batchId: string
  readonly customId: string
}

/** Starts an emulator with a fast clock and the given faults. */
export async function startEmulatorChild(params: {
  readonly folder: string
  readonly factor: number
  readonly seed: number
  readonly faults: readonly object[]
}): Promise<EmulatorChild> {
  const faultsPath = join(params.folder, 'faults.json')
  writeFileSync(faultsPath, JSON.stringify(params.faults))
  const program = fileURLToPath(new URL('./main.js', import.meta.resolve('@halfrate/emulator')))
  const argv = [
    program,
    ...['--clock-factor', String(params.factor), '--seed', String(params.seed)],
    ...['--turnaround', '3m-20m', '--faults', faultsPath],
  ]
  const child: ChildProcess = spawn(process.execPath, argv, {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  const [startLine] = (await once(lines, 'line')) as [string]
  const { url } = JSON.parse(startLine) as { url: string }
  return { url, startLine, end: () => void child.kill('SIGKILL') }
}

/** Reads the provider's own bill. */
export async function readBill(url: string): Promise<readonly BilledRow[]> {
  const response = await fetch(`${url}/_emulator/ledger?rows=1`)
  const text = await response.text()
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { batch_id: string; custom_id: string })
    .map((row) => ({ batchId: row.batch_id, customId: row.custom_id }))
}
