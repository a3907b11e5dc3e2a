import { expect, test } from 'vitest'
import { unansweredInterruption } from '../../src/run/interruption.js'

const ASKED = { resume: 'halfrate run claims.jsonl -o out.jsonl' }

test('who is interrupted at the question hears that nothing was sent, and what to type', () => {
  const none = unansweredInterruption(ASKED, 0)
  expect(none).toMatchInlineSnapshot(`
    {
      "message": "interrupted at the question; nothing was sent, and nothing of it is kept. The same command asks again:",
      "resume": "halfrate run claims.jsonl -o out.jsonl",
    }
  `)
  expect(unansweredInterruption(ASKED, 12).message).toMatchInlineSnapshot(
    `"interrupted at the question; nothing was sent, and nothing new is kept; 12 rows from before wait on. The same command asks again:"`,
  )
})
