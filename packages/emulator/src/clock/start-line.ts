import { EmulatorError } from '../model/index.js'
import type { ClockSetting } from './virtual-clock.js'

/** What a running emulator says of itself on the first line of its output. */
export interface StartLine {
  /** Base URL of the API, without a slash at the end. */
  readonly url: string
  readonly clock: ClockSetting
  readonly seed: number
  /** Process id of the emulator. */
  readonly pid: number
}

/**
 * Reads the first line that `halfrate-emulator` prints.
 *
 * @throws {EmulatorError} with code `misuse` when the line is not one.
 */
export function parseStartLine(line: string): StartLine {
  const value = parse(line)
  if (!isStartLine(value)) {
    throw new EmulatorError('misuse', `Not the start line of an emulator: ${line.slice(0, 200)}`, {
      nextStep: 'Give the first line that halfrate-emulator printed, whole.',
    })
  }
  const { url, seed, pid } = value
  const { origin, start, factor } = value.clock
  return { url, clock: { origin, start, factor }, seed, pid }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

function isStartLine(value: unknown): value is StartLine {
  if (typeof value !== 'object' || value === null) return false
  const { url, clock, seed, pid } = value as Record<string, unknown>
  if (typeof clock !== 'object' || clock === null) return false
  const { origin, start, factor } = clock as Record<string, unknown>
  const numbers = [seed, pid, origin, start, factor]
  return typeof url === 'string' && numbers.every((number) => Number.isFinite(number))
}
