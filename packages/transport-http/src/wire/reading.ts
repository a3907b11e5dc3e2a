import type { z } from 'zod'

/** What became of reading an answer: the value, or in words what is wrong with it. */
export type Reading<T> =
  | { readonly type: 'read'; readonly value: T }
  | { readonly type: 'unreadable'; readonly problem: string }

/** Says where the first thing that is wrong stands, and what was expected there. */
export function problemOf(error: z.ZodError): string {
  const issue = error.issues[0]
  if (issue === undefined) return 'unreadable'
  return `${issue.path.map(String).join('.') || 'the answer'}: ${issue.message}`
}
