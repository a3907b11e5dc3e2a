import type { StartLine } from '../clock/start-line.js'
import { type ClockSetting, VirtualClock } from '../clock/virtual-clock.js'
import {
  FAULT_PRESETS,
  type FaultByOp,
  type FaultHandle,
  type FaultOp,
  type ModelOptions,
  ProviderModel,
  type ReplyHook,
  type ScriptedFault,
  scriptFaults,
} from '../model/index.js'
import { BoundLedger } from './bound-ledger.js'
import { EmulatorServer } from './emulator-server.js'
import { LedgerFile } from './ledger-file.js'

/** How an emulator runs. Every member has a default. */
export interface EmulatorOptions extends ModelOptions {
  /** Port to listen on, 0 to 65,535. Default 0: any free one. */
  readonly port?: number
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string
  /** Virtual time. Default: real time from now on, factor 1. */
  readonly clock?: Partial<ClockSetting>
  /** File that the ledger is appended to. Default: none. */
  readonly ledgerFile?: string
  /** Faults from the start: a preset's name or a list. Default: none. */
  readonly faults?: keyof typeof FAULT_PRESETS | readonly ScriptedFault[]
  /** Real milliseconds that each answer waits. Default 0. */
  readonly latencyMs?: number
}

/** A running emulator. */
export interface Emulator extends AsyncDisposable {
  /** Base URL of the API, without a slash at the end. */
  readonly url: string
  /** The model behind the URL; to be called with instants of the clock only. */
  readonly model: ProviderModel
  /** The model's ledger, at the time of the clock. */
  readonly ledger: BoundLedger
  readonly clock: VirtualClock
  /** What other processes need to know: the first line that the command prints. */
  readonly startLine: StartLine
  /** Scripts a fault; see {@link ProviderModel.fault}. */
  fault<Op extends FaultOp>(op: Op, fault: FaultByOp[Op]): FaultHandle
  /** Decides replies; see {@link ProviderModel.reply}. */
  reply(hook: ReplyHook): () => void
  /** Ends every connection and stops. May be called again. */
  close(): Promise<void>
}

// Rows of ended batches reach the ledger file at the next call, or after so long without one.
const CATCH_UP_MS = 1_000

/**
 * Starts an emulator on a port of this machine.
 *
 * @throws {InvalidOptionError} when an option is out of range.
 * @throws {InvalidFaultError} when a fault can't be scripted as asked.
 *
 * @example
 * await using claude = await startEmulator({ seed: 7 })
 * const client = new Anthropic({ apiKey: 'any', baseURL: claude.url })
 * claude.fault('create', { loseResponse: true, times: 1 })
 * claude.clock.advance('2h')
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const model = new ProviderModel(options)
  const clock = clockOf(options.clock ?? {})
  const { faults = [] } = options
  scriptFaults(model, typeof faults === 'string' ? FAULT_PRESETS[faults] : faults)
  const file =
    options.ledgerFile === undefined ? null : new LedgerFile(options.ledgerFile, model.ledger)
  const catchUp = (): void => file?.catchUp(clock.now())
  const server = new EmulatorServer({
    model,
    clock,
    latencyMs: options.latencyMs ?? 0,
    describe: () => ({ ...startLineOf(), rss_bytes: process.memoryUsage.rss() }),
    onCall: catchUp,
  })
  const url = await server.listen(options.host ?? '127.0.0.1', options.port ?? 0)
  const timer = file === null ? null : setInterval(catchUp, CATCH_UP_MS).unref()
  const startLineOf = (): StartLine => ({
    url,
    clock: clock.setting,
    seed: model.settings.seed,
    pid: process.pid,
  })
  let closing: Promise<void> | null = null
  const close = (): Promise<void> => {
    closing ??= server.close().then(() => {
      if (timer !== null) clearInterval(timer)
      file?.close(clock.now())
    })
    return closing
  }
  return {
    url,
    model,
    ledger: new BoundLedger(model.ledger, clock),
    clock,
    get startLine(): StartLine {
      return startLineOf()
    },
    fault: (op, fault) => model.fault(op, fault),
    reply: (hook) => model.reply(hook),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function clockOf(clock: Partial<ClockSetting>): VirtualClock {
  // The one place where this package reads real time.
  const realNow = (): number => Date.now()
  const { origin = realNow(), start = origin, factor = 1 } = clock
  return new VirtualClock({ origin, start, factor }, realNow)
}
