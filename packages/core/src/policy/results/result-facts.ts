import type { OutcomeType, Usability } from '../../model/outcome.js'
import type { ToolUses, Usage } from '../../model/usage.js'

/** What one line of a results file says. */
export interface ResultFacts {
  readonly type: 'line'
  /** As it stands on the wire; whose it is must still be proven. */
  readonly customId: string
  readonly outcome: OutcomeType
  /** Of a success; null for other outcomes. */
  readonly usability: Usability | null
  /** Of a success, in the provider's words; null when absent. */
  readonly stopReason: string | null
  /** The model that answered, resolved by the provider; null when absent. */
  readonly model: string | null
  /** What a success was billed for; null when it can't be told, and for other outcomes, which are not billed. */
  readonly usage: Usage | null
  /** Uses of tools of the server beside searches, which `usage` has; null for none. */
  readonly otherTools: ToolUses | null
  /** `error.type` of an errored line; null when absent. */
  readonly errorType: string | null
  /** `error.details.error_code` of an errored line; null when absent. */
  readonly errorCode: string | null
  /** For people only. */
  readonly errorMessage: string | null
}

/** A line that can't be booked under any attempt. */
export interface MalformedLine {
  readonly type: 'malformed'
  /** What was expected; for people. */
  readonly problem: string
}

/** A line as `readResultLine` found it. */
export type ResultReading = ResultFacts | MalformedLine
