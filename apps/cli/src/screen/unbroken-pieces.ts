// Flags without a value; a test holds them against the commands.
const SWITCHES: ReadonlySet<string> = new Set([
  '--all',
  '--changed',
  '--check',
  '--count-tokens',
  '--cut-off',
  '--detach',
  '--dry-run',
  '--hedges',
  '--help',
  '--integrity',
  '--json',
  '--keep',
  '--once',
  '--reconcile',
  '--so-far',
  '--version',
  '--waiting',
  '--yes',
  '-V',
  '-h',
  '-y',
])

/** Commands, and how many words each must have; those of `queues` are named with it. Likewise held by a test. */
const WORDS_OF: Readonly<Record<string, number>> = {
  adopt: 1,
  apply: 0,
  audit: 1,
  budgets: 0,
  'budgets remove': 0,
  'budgets set': 0,
  cancel: 0,
  completion: 1,
  costs: 0,
  decide: 2,
  demo: 0,
  doctor: 0,
  emulator: 0,
  enqueue: 1,
  init: 0,
  limits: 0,
  'limits set': 0,
  pause: 0,
  prices: 0,
  'prices check': 1,
  'prices diff': 1,
  queues: 0,
  'queues flush': 1,
  'queues pause': 1,
  'queues resume': 1,
  'queues rollout': 1,
  'queues set': 1,
  recover: 0,
  reprice: 0,
  results: 0,
  resume: 0,
  retry: 0,
  route: 1,
  run: 1,
  salvage: 0,
  status: 0,
  verify: 0,
  why: 1,
  work: 0,
}

/** What this file knows of the command line, for the test that holds it against the commands. */
export const KNOWN_GRAMMAR: {
  readonly switches: ReadonlySet<string>
  readonly wordsOf: Readonly<Record<string, number>>
} = { switches: SWITCHES, wordsOf: WORDS_OF }

const PROGRAM = /^[(`“"]*halfrate$/
// A word that is the value of nothing, and yet belongs to a command: a place to fill in, or something in quotes.
const PLACE = /^(?:[A-Z][A-Z_-]+|\$?'.*)[.,;:)`]*$/

/**
 * The pieces between which a text may be broken into lines, a space between each two of them: words, and whole commands, so
 * that they can be copied.
 *
 * What belongs to a command is told by its flags and by the words that it must have; prose goes on behind these.
 */
export function unbrokenPieces(text: string): readonly string[] {
  const words = text.split(' ')
  const pieces: string[] = []
  for (let at = 0; at < words.length; ) {
    const end = PROGRAM.test(words[at] ?? '') ? commandEnd(words, at) : at + 1
    pieces.push(words.slice(at, end).join(' '))
    at = end
  }
  return pieces
}

/** Index of the first word behind a command that begins at `from`. */
function commandEnd(words: readonly string[], from: number): number {
  let at = from + 1
  let needed = 0
  const first = words[at] ?? ''
  if (bare(first) in WORDS_OF) {
    const both = `${bare(first)} ${bare(words[at + 1] ?? '')}`
    const isPair = both in WORDS_OF && !endsHere(first)
    needed = WORDS_OF[isPair ? both : bare(first)] ?? 0
    at += isPair ? 2 : 1
  } else if (!first.startsWith('-')) {
    return at
  }
  while (at < words.length && !endsHere(words[at - 1] ?? '')) {
    const word = words[at] ?? ''
    if (word === '--') needed = Math.max(needed, 1)
    else if (word.startsWith('-') && word.length > 1) {
      if (takesValue(word)) at = quoteEnd(words, at + 1) - 1
    } else if (needed > 0 || PLACE.test(word)) {
      at = quoteEnd(words, at) - 1
      needed -= 1
    } else break
    at += 1
  }
  return Math.min(at, words.length)
}

function takesValue(flag: string): boolean {
  return !flag.includes('=') && !endsHere(flag) && !SWITCHES.has(bare(flag))
}

// Words in quotes are one word of the command.
function quoteEnd(words: readonly string[], from: number): number {
  const quote = /^\$?(['"])/.exec(words[from] ?? '')?.[1]
  if (quote === undefined) return from + 1
  const closes = (word: string, index: number): boolean =>
    index >= from && (index > from || word.length > 1) && bare(word).endsWith(quote)
  const end = words.findIndex(closes)
  return end === -1 ? from + 1 : end + 1
}

function bare(word: string): string {
  return word.replace(/[.,;:)`”]+$/, '')
}

// A file's name may end in no such sign, as far as a reader can tell.
function endsHere(word: string): boolean {
  return /[.,;:)`”]$/.test(word)
}
