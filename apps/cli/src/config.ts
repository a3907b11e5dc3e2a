import type { EpochMs } from '@halfrate/core'

/** What the environment says. This is the only file that reads it. */
export interface Environment {
  /** The provider's key; null when none is set. */
  readonly apiKey: string | null
  /** The key of the Admin API, which tells what was used and billed; null when none is set. */
  readonly adminKey: string | null
  /** Where the provider is, as the SDK reads it too; null for its own address. */
  readonly baseUrl: string | null
  /** A fast clock, as an emulator prints it on its start line; for tests of programs. Null for real time. */
  readonly clock: string | null
  /** Whether the user asked programs not to use colours. */
  readonly noColour: boolean
  /** Whether `npx` started this program, so that its name alone is no command. */
  readonly isThroughNpx: boolean
}

/** Reads the environment. Variables that are set and empty count as not set. */
export function readEnvironment(env: NodeJS.ProcessEnv = process.env): Environment {
  return {
    apiKey: textOf(env.ANTHROPIC_API_KEY),
    adminKey: textOf(env.ANTHROPIC_ADMIN_KEY),
    baseUrl: textOf(env.ANTHROPIC_BASE_URL),
    clock: textOf(env.HALFRATE_CLOCK),
    noColour: textOf(env.NO_COLOR) !== null || env.TERM === 'dumb',
    isThroughNpx: textOf(env.npm_command) === 'exec',
  }
}

/** The instant, for a command that opens no store and so has no clock of one. */
export function currentInstant(): EpochMs {
  return Date.now()
}

function textOf(value: string | undefined): string | null {
  const text = value?.trim() ?? ''
  return text === '' ? null : text
}
