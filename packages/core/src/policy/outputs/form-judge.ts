import type { Usability } from '../../model/outcome.js'
import type { QueuePolicy } from '../../model/queue-policy.js'
import type { ResultFacts } from '../results/result-facts.js'
import { answerText } from '../results/result-line.js'
import { type OutputForm, storedForm } from './output-form.js'

/** What an answer is worth to its queue. */
export interface Judged {
  /** Null for what is no success. */
  readonly usability: Usability | null
  /** What is wrong with its form; null for nothing. */
  readonly problem: string | null
}

/** Judges answers by what their queue asks for. */
export class FormJudge {
  readonly #form: OutputForm | null

  constructor({ outputSchema }: Pick<QueuePolicy, 'outputSchema'>) {
    this.#form = storedForm(outputSchema)
  }

  /** Judges the answer in a result line, which was read before. */
  judge({ usability }: Pick<ResultFacts, 'usability'>, line: Uint8Array): Judged {
    const isToBeJudged = usability === 'usable' && this.#form !== null
    const problem = isToBeJudged ? this.#form.problemOf(answerText(line)) : null
    return { usability: problem === null ? usability : 'output_invalid', problem }
  }
}
