import { realMs } from '../real-time.js'
import { readRegressions } from '../regressions/regressions.js'
import { runSeed } from '../run-seed.js'
import { SimulationStores } from '../store/postgres-stores.js'
import { withServer } from '../store/with-server.js'
import { failureText } from './failure-text.js'
import type { CommandOptions } from './options.js'

/** Runs every seed that failed once, as small as it was made. Answers whether none fails again. */
export async function runRegressions(
  _options: CommandOptions,
  print: (line: string) => void,
): Promise<boolean> {
  const startedMs = realMs()
  const regressions = readRegressions()
  let failed = 0
  const kinds = regressions.map(({ store }) => store)
  await withServer(kinds, async (serverUrl) => {
    await using stores = new SimulationStores(serverUrl, 'simulation')
    for (const { seed, store: storeKind, without } of regressions) {
      const report = await runSeed({ seed, storeKind, without, openStore: stores.open })
      if (report.violations.length === 0) continue
      failed += 1
      print(failureText(report, { plant: null, without }))
    }
  })
  const ms = Math.round(realMs() - startedMs)
  print(`regressions=${regressions.length} violations=${failed} ms=${ms}`)
  return failed === 0
}
