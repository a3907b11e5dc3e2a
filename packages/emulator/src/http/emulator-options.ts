import type { ClockSetting } from '../clock/virtual-clock.js'
import {
  FAULT_PRESETS,
  InvalidOptionError,
  type ModelOptions,
  type PriceTable,
  type ScriptedFault,
} from '../model/index.js'
import { isObject } from '../model/json-access.js'

/** How an emulator runs. Every member has a default. */
export interface EmulatorOptions extends ModelOptions {
  /** Prices for the ledger, USD per million tokens. Default: the list prices; null: the ledger has no costs. */
  readonly prices?: PriceTable | null
  /** Port to listen on, 0 to 65,535. Default 0: any free one. */
  readonly port?: number
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string
  /** Virtual time. Default: begins at the real instant and stands still, factor 0. */
  readonly clock?: Partial<ClockSetting>
  /** File that the ledger is appended to. Default: none. */
  readonly ledgerFile?: string
  /** Faults from the start: a preset's name or a list. Default: none. */
  readonly faults?: keyof typeof FAULT_PRESETS | readonly ScriptedFault[]
  /** Real milliseconds that each answer waits. Default 0. */
  readonly latencyMs?: number
}

// By a record of all members, so that a new one can't be forgotten.
const KNOWN: Readonly<Record<keyof EmulatorOptions, true>> = {
  seed: true,
  turnaroundMs: true,
  workspaces: true,
  maxRequests: true,
  maxBytes: true,
  maxQueuedRequests: true,
  liveCounts: true,
  cacheHitRate: true,
  prices: true,
  port: true,
  host: true,
  clock: true,
  ledgerFile: true,
  faults: true,
  latencyMs: true,
}

const LARGEST_PORT = 65_535

/**
 * Checks what the model itself does not.
 *
 * @throws {InvalidOptionError} names the option, what was expected and what came.
 */
export function checkOptions(options: EmulatorOptions): void {
  const given: unknown = options
  if (!isObject(given)) throw new InvalidOptionError('startEmulator', 'an object', given)
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(KNOWN, name)) continue
    throw new InvalidOptionError('startEmulator', `members ${Object.keys(KNOWN).join(', ')}`, name)
  }
  const { port = 0, latencyMs = 0, clock = {}, faults = [], turnaroundMs = [0, 0] } = options
  if (!Number.isInteger(port) || port < 0 || port > LARGEST_PORT) {
    throw new InvalidOptionError('port', `a whole number from 0 to ${LARGEST_PORT}`, port)
  }
  if (!(latencyMs >= 0 && Number.isFinite(latencyMs))) {
    throw new InvalidOptionError('latencyMs', 'milliseconds from 0', latencyMs)
  }
  const setting: unknown = clock
  if (!isObject(setting)) throw new InvalidOptionError('clock', 'an object', setting)
  if (!Array.isArray(turnaroundMs)) {
    throw new InvalidOptionError(
      'turnaroundMs',
      '[shortest, longest] in milliseconds',
      turnaroundMs,
    )
  }
  if (typeof faults === 'string' && !Object.hasOwn(FAULT_PRESETS, faults)) {
    const names = Object.keys(FAULT_PRESETS).join(', ')
    throw new InvalidOptionError('faults', `one of ${names}, or a list`, faults)
  }
}
