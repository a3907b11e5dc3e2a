import { runJobs } from '../jobs/run-jobs.js'
import { realMs } from '../real-time.js'
import type { StoreKind } from '../store/open-store.js'
import { SimulationStores } from '../store/postgres-stores.js'
import { withServer } from '../store/with-server.js'
import {
  countSweepCalls,
  doubleFaults,
  type SweepFailure,
  type SweepFault,
  singleFaults,
} from '../sweep/sweep-all.js'
import type { CommandOptions } from './options.js'

const AT_ONCE = 50

/** Runs the sweep, or so many double faults. Answers whether none of its runs found a violation. */
export async function runSweep(
  options: CommandOptions,
  print: (line: string) => void,
): Promise<boolean> {
  return await withServer([options.storeKind], (serverUrl) => sweep(options, serverUrl, print))
}

async function sweep(
  options: CommandOptions,
  serverUrl: string | null,
  print: (line: string) => void,
): Promise<boolean> {
  const startedMs = realMs()
  const { storeKind, doubles, from: seed } = options
  const calls = await countCalls(storeKind, serverUrl)
  const all = doubles === null ? singleFaults(calls, 1) : doubleFaults(calls, doubles, seed)
  const jobs = Array.from({ length: Math.ceil(all.length / AT_ONCE) }, (_, index) => ({
    type: 'sweep' as const,
    storeKind,
    runs: all.slice(index * AT_ONCE, (index + 1) * AT_ONCE),
  }))
  let failed = 0
  await runJobs(jobs, { processes: options.jobs, serverUrl }, (result) => {
    if (result.type !== 'sweep') return
    failed += result.failures.length
    for (const failure of result.failures) print(textOf(failure))
  })
  const ms = Math.round(realMs() - startedMs)
  const name = doubles === null ? 'sweep' : `doubles seed=${seed}`
  print(
    `${name} calls=${calls} runs=${all.length} store=${storeKind} violations=${failed} ms=${ms}`,
  )
  return failed === 0
}

async function countCalls(storeKind: StoreKind, serverUrl: string | null): Promise<number> {
  await using stores = new SimulationStores(serverUrl, 'simulation_count')
  return await countSweepCalls({ storeKind, openStore: stores.open })
}

function textOf({ faults, names, violations }: SweepFailure): string {
  const [first] = violations
  const what = faults.map(({ call, fault }: SweepFault) => `${fault} at call ${call}`)
  return `${what.join(' and ')} (${names.join(', ')}): ${first?.invariant}: ${first?.message}`
}
