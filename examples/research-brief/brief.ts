import { type Halfrate, type HalfrateQueue, openHalfrate, type Result } from 'halfrate'

/** What each step asks for, in their order; `before` is the answer of the step before, or the brief's subject. */
const STEPS = [
  {
    name: 'questions',
    ask: (before: string) => `Which five questions decide about this subject?\n\n${before}`,
  },
  {
    name: 'findings',
    ask: (before: string) => `Answer each of these questions in a paragraph.\n\n${before}`,
  },
  {
    name: 'summary',
    ask: (before: string) => `Write these findings as a brief of one page.\n\n${before}`,
  },
] as const

/** Told of every brief that came to its end: with its text, or with why there is none. */
export type OnBrief = (brief: string, text: string | null, why: string | null) => Promise<void>

/** Briefs in three steps, none of which anybody waits for. */
export class Briefs {
  readonly #queue: HalfrateQueue
  readonly #onBrief: OnBrief

  constructor(half: Halfrate, onBrief: OnBrief) {
    this.#onBrief = onBrief
    this.#queue = half.queue('briefs', {
      flush: { count: 1_000, bytes: 100_000_000, ageMs: 60_000 },
    })
    this.#queue.onResult((result) => this.#goOn(result))
  }

  /** Begins a brief. Its name is its own: beginning it again goes on where it is. */
  async begin(brief: string, subject: string): Promise<void> {
    await this.#enqueue(brief, 0, subject)
  }

  // A result may be handed over twice. The next step has a key of its own, so it is there once.
  async #goOn(result: Result): Promise<void> {
    const [brief = '', name = ''] = result.key.split('/')
    if (result.status !== 'succeeded') {
      return await this.#onBrief(brief, null, `${name}: ${result.error.message}`)
    }
    const next = STEPS.findIndex((step) => step.name === name) + 1
    if (next === STEPS.length) return await this.#onBrief(brief, result.text, null)
    await this.#enqueue(brief, next, result.text)
  }

  async #enqueue(brief: string, index: number, before: string): Promise<void> {
    const step = STEPS[index]
    if (step === undefined) return
    const messages = [{ role: 'user', content: step.ask(before) }]
    const params = { model: 'claude-sonnet-4-6', max_tokens: 2_000, messages }
    await this.#queue.enqueue({ key: `${brief}/${step.name}`, params })
  }
}

if (import.meta.main) {
  await using half = await openHalfrate({ store: './briefs.db' })
  const briefs = new Briefs(half, async (brief, text, why) => console.log(brief, text ?? why))
  await briefs.begin('heat-pumps', 'Heat pumps in old houses')
  await half.finished()
}
