import { type Halfrate, openHalfrate } from 'halfrate'
import { z } from 'zod'

/** One case of the set. */
export interface Case {
  readonly id: string
  readonly question: string
  /** What a good answer says. */
  readonly expected: string
}

/** How a model did on all cases. */
export interface Score {
  readonly model: string
  /** Cases that it answered. */
  readonly answered: number
  /** Mean of its grades, 1 to 5; null when nothing could be graded. */
  readonly grade: number | null
  /** What its answers cost, in dollars as text, grading left out. */
  readonly paidUsd: string
}

const Grade = z.object({
  grade: z.number().int().min(1).max(5).describe('5 says all that was expected, 1 none of it.'),
})

const JUDGE = 'claude-opus-4-8'

/**
 * Asks every case of every model, and has each answer graded by another one. All of it goes in batches, under names of their own: a run that
 * was ended goes on where it was, and asks and pays nothing twice.
 */
export async function evaluate(
  half: Halfrate,
  name: string,
  cases: readonly Case[],
  models: readonly string[],
): Promise<readonly Score[]> {
  return await Promise.all(models.map((model) => score(half, `${name}, ${model}`, cases, model)))
}

async function score(
  half: Halfrate,
  name: string,
  cases: readonly Case[],
  model: string,
): Promise<Score> {
  const rows = cases.map(({ id, question }) => ({
    key: id,
    params: { model, max_tokens: 500, messages: [{ role: 'user', content: question }] },
  }))
  const job = await half.run(name, rows)
  const answers = new Map<string, string>()
  for await (const result of job.results()) {
    if (result.status === 'succeeded') answers.set(result.key, result.text)
  }
  const { paidUsd } = await job.report()
  const grades = await gradesOf(half, `${name}, graded`, cases, answers)
  const sum = grades.reduce((total, grade) => total + grade, 0)
  const grade = grades.length === 0 ? null : sum / grades.length
  return { model, answered: answers.size, grade, paidUsd }
}

async function gradesOf(
  half: Halfrate,
  name: string,
  cases: readonly Case[],
  answers: ReadonlyMap<string, string>,
): Promise<readonly number[]> {
  const rows = cases.flatMap(({ id, question, expected }) => {
    const answer = answers.get(id)
    if (answer === undefined) return []
    const content = `Grade this answer.\n\nQuestion: ${question}\nExpected: ${expected}\nAnswer: ${answer}`
    const messages = [{ role: 'user', content }]
    return [{ key: id, params: { model: JUDGE, max_tokens: 200, messages } }]
  })
  if (rows.length === 0) return []
  const grades: number[] = []
  const job = await half.run(name, rows, { output: Grade })
  for await (const result of job.results()) {
    if (result.status === 'succeeded') grades.push(result.output.grade)
  }
  return grades
}

if (import.meta.main) {
  await using half = await openHalfrate({ store: './evaluation.db' })
  const cases = [
    {
      id: 'c1',
      question: 'Which tax applies to a gift?',
      expected: 'The gift tax, above a limit.',
    },
  ]
  console.table(
    await evaluate(half, 'tax questions 1', cases, ['claude-haiku-4-5', 'claude-sonnet-4-6']),
  )
}
