import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { parseDuration } from './clock/duration.js'
import type { EmulatorOptions } from './http/emulator-options.js'
import {
  EmulatorError,
  FAULT_PRESETS,
  InvalidOptionError,
  type PriceTable,
  type ScriptedFault,
} from './model/index.js'
import { isObject } from './model/json-access.js'

/** What the command was asked to do. */
export type CliRequest =
  | { readonly type: 'help' }
  | { readonly type: 'start'; readonly options: EmulatorOptions }

/** The help text. */
export const HELP: string = `halfrate-emulator: the Message Batches API on this machine, without a model behind it.

usage: halfrate-emulator [options]

  --port N              port to listen on (default: any free one)
  --host ADDRESS        address to listen on (default 127.0.0.1)
  --seed N              what chance is drawn from; same seed, same replies (default 1)
  --turnaround A-B      time a batch takes, in virtual time, such as 3m-40m or 10m (default 3m-40m)
  --clock-factor N      virtual time per real time; 600 is ten minutes a second (default 1)
  --clock-origin TIME   real instant at which virtual time starts, as epoch ms or RFC 3339 (default: now)
  --clock-start TIME    virtual instant at the origin (default: the origin itself)
  --faults NAME|FILE    preset (${Object.keys(FAULT_PRESETS).join(', ')}) or a JSON file: [{"op":"create","loseResponse":true,"everyNth":3}]
  --ledger FILE         append what was posted, accepted and billed to FILE, as JSON lines
  --prices FILE         JSON of USD per million tokens by model, for costs in the ledger (default: list prices)
  --latency TIME        real time that each answer waits, such as 200ms (default 0)
  --help                this text

Examples (halfrate emulator takes the same):
  halfrate-emulator --clock-factor 600 --faults demo
  halfrate-emulator --port 4010 --seed 7 --ledger ledger.jsonl

The first line of output is JSON: {"url","clock","seed","pid"}. Any API key is good.
While it runs: GET /_emulator/ledger (add ?rows=1, ?rows=all, ?posts=1 or ?batches=1 for JSON lines),
POST /_emulator/faults (a list as in the file), DELETE /_emulator/faults,
POST /_emulator/advance {"by":"2h"}, /_emulator/foreign {"count":5}, /_emulator/delete {"id"}, /_emulator/cancel {"id"}.
`

/**
 * Reads the arguments of the command, and the files they name.
 *
 * @throws {InvalidOptionError} when a flag is unknown or its value is not what it takes.
 */
export function readArguments(argv: readonly string[]): CliRequest {
  const flags = parseFlags(argv)
  if (flags.help === true) return { type: 'help' }
  const clock = {
    // A process that nobody puts forward has to have a time that passes.
    factor: 1,
    ...given('origin', flags['clock-origin'], (text) => instant('--clock-origin', text)),
    ...given('start', flags['clock-start'], (text) => instant('--clock-start', text)),
    ...given('factor', flags['clock-factor'], (text) => positive('--clock-factor', text)),
  }
  return {
    type: 'start',
    options: {
      clock,
      ...given('port', flags.port, (text) => whole('--port', text, 65_535)),
      ...given('host', flags.host, (text) => text),
      ...given('seed', flags.seed, (text) => whole('--seed', text, Number.MAX_SAFE_INTEGER)),
      ...given('turnaroundMs', flags.turnaround, turnaround),
      ...given('faults', flags.faults, faults),
      ...given('ledgerFile', flags.ledger, (text) => text),
      ...given('prices', flags.prices, prices),
      ...given('latencyMs', flags.latency, (text) => parseDuration(text, '--latency')),
    },
  }
}

const TEXT = { type: 'string' } as const

function parseFlags(argv: readonly string[]): Partial<Record<string, string>> & { help?: true } {
  const names = [
    'port',
    'host',
    'seed',
    'turnaround',
    'clock-factor',
    'clock-origin',
    'clock-start',
  ]
  const all = [...names, 'faults', 'ledger', 'prices', 'latency']
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        ...Object.fromEntries(all.map((name) => [name, TEXT])),
        help: { type: 'boolean' },
      },
    })
    return values as Partial<Record<string, string>> & { help?: true }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new EmulatorError('invalid_option', reason.split('. ')[0] ?? reason, {
      nextStep: 'See halfrate-emulator --help for the flags that there are.',
      cause: error,
    })
  }
}

function given<Name extends string, Value>(
  name: Name,
  text: string | undefined,
  read: (text: string) => Value,
): { [Member in Name]?: Value } {
  return text === undefined ? {} : ({ [name]: read(text) } as { [Member in Name]?: Value })
}

function whole(name: string, text: string, most: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value <= most) return value
  throw new InvalidOptionError(name, `a whole number from 0 to ${most}`, text)
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (value > 0 && Number.isFinite(value)) return value
  throw new InvalidOptionError(name, 'a number above 0', text)
}

function instant(name: string, text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Date.parse(text)
  if (Number.isFinite(value)) return value
  throw new InvalidOptionError(name, 'epoch milliseconds or an RFC 3339 instant', text)
}

function turnaround(text: string): [number, number] {
  const [shortest = '', longest = shortest, ...rest] = text.split('-')
  if (rest.length > 0) throw new InvalidOptionError('--turnaround', 'a span such as 3m-40m', text)
  const span: [number, number] = [
    parseDuration(shortest, '--turnaround'),
    parseDuration(longest, '--turnaround'),
  ]
  if (span[0] <= span[1]) return span
  throw new InvalidOptionError('--turnaround', 'the shorter time first, such as 3m-40m', text)
}

function faults(text: string): NonNullable<EmulatorOptions['faults']> {
  if (isPreset(text)) return text
  // Checked fault by fault when the emulator starts.
  return readJsonFile('--faults', text) as readonly ScriptedFault[]
}

function isPreset(name: string): name is keyof typeof FAULT_PRESETS {
  return Object.hasOwn(FAULT_PRESETS, name)
}

function prices(path: string): PriceTable {
  const table = readJsonFile('--prices', path)
  if (isObject(table)) return table
  throw new InvalidOptionError('--prices', 'a JSON object of prices by model', table)
}

function readJsonFile(name: string, path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new EmulatorError('invalid_option', `${name} ${path}: ${reason}`, {
      nextStep: 'Give the path of a file that can be read and holds JSON.',
      cause: error,
    })
  }
}
