import type {
  TransportFault,
  TransportHarness,
  TransportOp,
  TransportProvider,
} from '@halfrate/conformance'
import type { AccountId, RemoteId } from '@halfrate/core'
import { type Emulator, type FaultByOp, startEmulator } from '@halfrate/emulator'
import { createHttpTransport } from '../src/index.js'

const KEYS: Readonly<Record<string, string>> = { main: 'key-main', stranger: 'key-stranger' }

type Fault = FaultByOp['models']

const FAULTS: Readonly<Record<TransportFault, Fault>> = {
  bad_key: { error: 'authentication' },
  no_credit: { error: 'billing' },
  forbidden: { error: 'permission' },
  rate_limit: { error: 'rate_limit', retryAfterSeconds: 30 },
  spend_limit: { error: 'spend_cap' },
  own_limit: { error: 'own_limit' },
  too_large: { error: 'too_large' },
  conflict: { error: 'conflict' },
  broken: { error: 'api_error' },
  overloaded: { error: 'overloaded' },
  proxy_page: { error: 'bad_gateway' },
  web_page: { error: 'html' },
  cut_answer: { error: 'truncated' },
  lost_answer: { loseResponse: true },
  lost_request: { loseRequest: true },
}

/** A transport to an emulator of its own. */
export async function openEmulated(): Promise<TransportHarness> {
  const workspaces = { 'key-main': 'wrkspc_main', 'key-stranger': 'wrkspc_stranger' }
  const emulator = await startEmulator({ seed: 7, workspaces })
  const transport = createHttpTransport({
    accounts: (account) => ({ baseUrl: emulator.url, apiKey: KEYS[account] }),
    now: () => emulator.clock.now(),
  })
  return {
    transport,
    account: 'main' as AccountId,
    strangerAccount: 'stranger' as AccountId,
    provider: providerOf(emulator),
    close: () => emulator.stop(),
  }
}

function providerOf(emulator: Emulator): TransportProvider {
  return {
    async failNext(op, fault) {
      emulator.fault(op, { ...FAULTS[fault], times: 1 })
    },
    async cutNextResults({ afterLines, at, end }) {
      emulator.fault('results', { cut: at, cutAfterLines: afterLines, cutEnd: end, times: 1 })
    },
    async endBatches() {
      await emulator.clock.advance('25h')
    },
    async archiveBatches() {
      await emulator.clock.advance('30d')
    },
    async calls(op: TransportOp) {
      return emulator.ledger.summary().calls[op] ?? 0
    },
    async answered() {
      return emulator.ledger.summary().messages
    },
    async accepted() {
      return emulator.ledger.accepted().map((batch) => batch.batchId as RemoteId)
    },
  }
}
