import type { StartLine } from '../clock/start-line.js'
import { type ClockSetting, VirtualClock } from '../clock/virtual-clock.js'
import {
  FAULT_PRESETS,
  type FaultByOp,
  type FaultHandle,
  type FaultOp,
  LIST_PRICES,
  ProviderModel,
  scriptFaults,
} from '../model/index.js'
import { hookOf, type Reply, type ReplyFunction } from '../reply/reply.js'
import { BoundLedger } from './bound-ledger.js'
import { checkOptions, type EmulatorOptions } from './emulator-options.js'
import { EmulatorServer } from './emulator-server.js'
import { LedgerFile } from './ledger-file.js'

/** What `openHalfrate({ store, ...claude.connection })` needs to work against an emulator, on its clock. */
export interface EmulatorConnection {
  readonly baseUrl: string
  readonly apiKey: string
  readonly clock: VirtualClock
}

/** A running emulator. Nothing of it is shared with another one, in the same process or elsewhere. */
export interface Emulator extends AsyncDisposable {
  /** Base URL of the API, without a slash at the end. */
  readonly url: string
  /** The model behind the URL; to be called with instants of the clock only. */
  readonly model: ProviderModel
  /** What was really posted, accepted and billed, at the time of the clock. */
  readonly ledger: BoundLedger
  /** Virtual time. Stands still unless it is put forward, or was given a factor. */
  readonly clock: VirtualClock
  /** For Halfrate in the same process. */
  readonly connection: EmulatorConnection
  /** What other processes need to know: the first line that the command prints. */
  readonly startLine: StartLine
  /**
   * Scripts a fault; see {@link ProviderModel.fault}.
   *
   * @throws {InvalidFaultError} when the operation or a member is unknown or out of range; nothing is scripted then.
   */
  fault<Op extends FaultOp>(op: Op, fault: FaultByOp[Op]): FaultHandle
  /**
   * Decides replies from now on, before those given earlier: by a function of the request, or the same for every
   * request. Where usage is left out, the emulator counts. Returns the way to take it away.
   *
   * What a function throws, or returns that is no reply, is told to the caller as a 500 that is not to be retried.
   *
   * @throws {InvalidReplyError} when it is no reply, or a schema that no instance is found of.
   */
  reply(reply: Reply | ReplyFunction): () => void
  /** Cuts every connection and stops; nothing is left that keeps a process alive. May be called again. */
  stop(): Promise<void>
}

// Rows of ended batches reach the ledger file at the next call, or after so long without one.
const CATCH_UP_MS = 1_000

/**
 * Starts an emulator on a port of this machine, for as long as it is in scope.
 *
 * @throws {InvalidOptionError} when an option is unknown or out of range.
 * @throws {InvalidFaultError} when a fault can't be scripted as asked.
 *
 * @example
 * await using claude = await startEmulator({ seed: 7 })
 * const client = new Anthropic({ apiKey: 'any', baseURL: claude.url })
 * claude.reply(({ params }) => text(params.messages.length > 1 ? 'spam' : 'ham'))
 * claude.fault('create', { loseResponse: true, times: 1 })
 * await claude.clock.advance('2h')
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  checkOptions(options)
  const { faults = [], prices = LIST_PRICES } = options
  const model = new ProviderModel({ ...options, prices })
  scriptFaults(model, typeof faults === 'string' ? FAULT_PRESETS[faults] : faults)
  const file =
    options.ledgerFile === undefined ? null : new LedgerFile(options.ledgerFile, model.ledger)
  const catchUp = (): void => file?.catchUp(clock.now())
  const clock = clockOf(options.clock ?? {}, { rest: () => server.rest(), onAdvanced: catchUp })
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
  let stopping: Promise<void> | null = null
  const stop = (): Promise<void> => {
    stopping ??= server.close().then(() => {
      if (timer !== null) clearInterval(timer)
      file?.close(clock.now())
    })
    return stopping
  }
  const apiKey = Object.keys(options.workspaces ?? {})[0] ?? 'emulator'
  return {
    url,
    model,
    ledger: new BoundLedger(model.ledger, clock),
    clock,
    connection: Object.freeze({ baseUrl: url, apiKey, clock }),
    get startLine(): StartLine {
      return startLineOf()
    },
    fault: (op, fault) => model.fault(op, fault),
    reply: (reply) => model.reply(hookOf(reply, model.settings.seed)),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function clockOf(
  clock: Partial<ClockSetting>,
  params: { readonly rest: () => Promise<void>; readonly onAdvanced: () => void },
): VirtualClock {
  // The one place where this package reads real time.
  const realNow = (): number => Date.now()
  const { origin = realNow(), start = origin, factor = 0 } = clock
  return new VirtualClock({ origin, start, factor }, { realNow, ...params })
}
