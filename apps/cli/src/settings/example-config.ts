/** The config file that `halfrate init` writes. */
export const EXAMPLE_CONFIG: string = `import { defineConfig } from 'halfrate'

// What every halfrate command in this folder finds. Each name is that of a flag (--max-tokens is maxTokens). A flag comes
// before it, and so does ANTHROPIC_BASE_URL. The API key stays in the environment: ANTHROPIC_API_KEY.
// halfrate doctor tells what counts, and who says so.
export default defineConfig({
  // For rows and documents (--prompt): the model, and the most tokens of an answer.
  model: 'claude-haiku-4-5',
  maxTokens: 100,

  // Ask before more dollars than this are sent.
  confirmAbove: 10,

  // Where the work is kept: a file, or postgres://user@host/database.
  // store: './halfrate.db',

  // Send nothing that can cost more dollars than this.
  // maxCost: 50,

  // A price file, whose rows come before the built-in prices; halfrate prices shows what counts.
  // prices: './prices.json',

  // Answers that count as usable although they were cut_off, refused or empty.
  // accept: ['cut_off'],

  // Let custom ids end in the keys of rows, so that halfrate salvage knows them without the store. Claude sees the keys then.
  // keyTails: true,

  // When the answer to a send is lost: 'resend' after 15 minutes, 'wait' until it is sure, or 'ask'.
  // onLostAnswer: 'resend',

  // How long what is under way may end after Ctrl-C.
  // grace: '60s',

  // The queues and when they send; halfrate apply writes them into the store, halfrate apply --check compares.
  // queues: {
  //   triage: { flushAge: '30m', flushCount: 1_000 },
  //   nightly: { flushSchedule: '0 2 * * *', flushTimeZone: 'Europe/Berlin', maxFailures: 5 },
  // },

  // What all of it, a project or a queue may cost, in dollars; written by halfrate apply too.
  // budgets: [{ month: 500, timeZone: 'Europe/Berlin' }, { queue: 'triage', day: 20 }],
})
`
