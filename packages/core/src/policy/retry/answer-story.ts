import type { BodyReason } from '../../model/changed-body.js'

/** What is known of an answer that was left for the close of its batch, and of how its request came to it. */
export interface AnswerStory {
  /** In the provider's words; null when its line has none. */
  readonly stopReason: string | null
  /** Why the bodies of the request were made that were made of others, one entry for each. */
  readonly reasons: readonly BodyReason[]
  /** The model that its request asks; null when that is not known. */
  readonly model: string | null
  /** The most tokens that model may be asked to answer with, by the price book; null when that is not known. */
  readonly mostTokens: number | null
  /** What keeps its text from being of the form that its queue asks for; null for nothing, and where nothing asks. */
  readonly problem: string | null
}
