import type { EngineEvent, NanoUsd } from '@halfrate/core'
import type { FirstRequest } from '../preflight/sending-tally.js'
import type { OutcomeFacts } from '../screen/outcome-screen.js'
import type { PreflightFacts } from '../screen/preflight-screen.js'
import type { ProgressFacts } from '../screen/progress-screen.js'

/** Facts of a job that is over, for the last thing that is said of it. */
export interface EndFacts extends OutcomeFacts {
  /** Absolute path of the store. */
  readonly store: string
  /** Absolute path of what was written; null for standard output or nothing. */
  readonly outputPath: string | null
}

/** What is to be said after an interruption. */
export interface Interruption {
  readonly message: string
  /** The command that goes on. */
  readonly resume: string
}

/** What is to be said when everything is sent and nobody waits for the answers. */
export interface Detachment {
  readonly job: string
  /** Absolute path of the store, or its URL without a password. */
  readonly store: string
  /** ` --store FILE` for commands that are shown; empty for the usual place. */
  readonly storeFlag: string
  readonly rowsAtClaude: number
  readonly batches: number
  /** Rows that wait for the cap of the job, and the cap; null where it lets all go. */
  readonly forCap: { readonly rows: number; readonly capNano: NanoUsd } | null
  /** Rows that wait until the first ones of the job are back. */
  readonly forCanary: number
  /** Rows that wait until one of the job has written what they share to the cache. */
  readonly forPrimer: number
  /** The command that waits for the answers and writes them. */
  readonly collect: string
}

/** Tells a person or a program how a command goes on. Never throws and never waits. */
export interface Presenter {
  /** One sentence of its own. */
  say(text: string): void
  /** What is about to be sent. */
  preflight(facts: PreflightFacts): void
  /** What would be sent, and the first request as it would be; null when there is none. Nothing was sent or kept. */
  dryRun(facts: PreflightFacts, first: FirstRequest | null): void
  /** How the job stands. May be called as often as one likes; what is the same is not said again. */
  progress(facts: ProgressFacts): void
  /** What the engine did, as far as progress does not show it: alarms and failed steps. */
  event(event: EngineEvent): void
  /** The job is over. */
  end(facts: EndFacts, last: ProgressFacts): void
  /** Everything is sent. */
  detached(how: Detachment): void
  /** The command was interrupted. */
  interrupted(how: Interruption): void
  /** Leaves the terminal as it was found. May be called again. */
  close(): void
}
