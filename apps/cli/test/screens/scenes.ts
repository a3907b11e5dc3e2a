import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from '@halfrate/emulator'
import { type Played, Stage } from './stage.js'

/** A command on a terminal, and what stood there then. */
export interface Shown {
  /** What it is, as a heading. Unique. */
  readonly title: string
  readonly command: string
  readonly screen: string
}

const LETTERS = [
  'The parcel came with a broken lid.',
  'I was charged twice, on May 3 and May 4.',
  'Where is my order?',
]

const ODD: Readonly<Record<number, string>> = {
  8812: 'Tell me a long story.',
  8821: 'Something that is refused.',
}

// 60 claims; two of them go wrong, and one has a key of another script.
function claims(): string {
  const rows = Array.from({ length: 60 }, (_, index) => {
    const number = 8801 + index
    const key = number === 8859 ? '請求-59-🚀' : `claim-${number}`
    return `${key},"${ODD[number] ?? LETTERS[index % LETTERS.length]}"`
  })
  return `id,text\n${rows.join('\n')}\n`
}

const RUN = [
  ...['run', 'claims.csv', '--prompt', 'triage.txt', '--model', 'claude-haiku-4-5'],
  ...['--max-tokens', '512', '-o', 'triage.csv'],
]

function shellLine(words: readonly string[]): string {
  return [
    'halfrate',
    ...words.map((word) => (/^[\w./=:-]+$/.test(word) ? word : `'${word}'`)),
  ].join(' ')
}

async function stageWithClaims(columns: number): Promise<Stage> {
  const stage = await Stage.open(columns, { turnaroundMs: [18 * 60_000, 18 * 60_000] })
  writeFileSync(join(stage.folder, 'claims.csv'), claims())
  writeFileSync(join(stage.folder, 'triage.txt'), 'Is it urgent? {{text}}\n')
  stage.claude.reply(() => text('no'))
  return stage
}

// Plays commands and remembers what they showed.
function recorder(stage: Stage) {
  const shown: Shown[] = []
  const show = async (title: string, words: readonly string[], how: Played = {}): Promise<void> => {
    shown.push({ title, command: shellLine(words), screen: await stage.play(words, how) })
  }
  return { shown, show }
}

const BATCHES = [...RUN, '--batch-size', '20']

// Each by a line of its own: what waits may be counted as sent a moment before that.
const ALL_AT_CLAUDE = /batch 1 .*at Claude(.*\n)* batch 2 .*at Claude(.*\n)* batch 3 .*at Claude/

/** From the question to batches at Claude, and what other commands say of them. */
export async function playOnTheWay(columns: number): Promise<readonly Shown[]> {
  const stage = await stageWithClaims(columns)
  const { shown, show } = recorder(stage)
  await show('The question, and Ctrl-C as its answer', [...BATCHES, '--confirm-above', '0.001'], {
    until: /Send\?/,
    isEndShown: true,
  })
  await show('At Claude, and Ctrl-C', BATCHES, {
    until: ALL_AT_CLAUDE,
    isEndShown: true,
  })
  await stage.claude.clock.advance('14m')
  await show('Fourteen minutes later', BATCHES, { until: /batch 3 .*at Claude 14 min/ })
  await show('The whole store', ['status'])
  await show('A row at Claude', ['why', 'claim-8802'])
  await show('A row with a key of another script', ['why', '請求-59-🚀'])
  await show('Queues', ['queues'])
  await show('Whatever the work needs', ['doctor'])
  const left = recorder(await stageWithClaims(columns))
  await left.show('Sent, and left to itself', [...RUN, '--detach'])
  await left.show('What comes of it so far', ['results', '-o', 'so-far.jsonl', '--so-far'])
  return [...shown, ...left.shown]
}

/** To the end of a job: answers, one that was cut off, and a row that failed. */
export async function playToTheEnd(columns: number): Promise<readonly Shown[]> {
  const stage = await stageWithClaims(columns)
  const { claude } = stage
  const { shown, show } = recorder(stage)
  const error = 'invalid_request_error'
  claude.fault('row', { containing: 'long story', stopReason: 'max_tokens' })
  claude.fault('row', { containing: 'is refused', outcome: 'errored', error })
  await stage.play(BATCHES, { until: ALL_AT_CLAUDE })
  await claude.clock.advance('1h')
  await show('The end', BATCHES)
  await show('The same command once more', BATCHES)
  await show('A row that was answered', ['why', 'claim-8802'])
  await show('A row that was cut off', ['why', 'claim-8812'])
  await show('A row that failed', ['why', 'claim-8821'])
  await show('Answers as they stand', ['results', '-o', 'so-far.jsonl'])
  return shown
}

/** What holds a run back. */
export async function playHeldBack(columns: number): Promise<readonly Shown[]> {
  const stage = await stageWithClaims(columns)
  const { shown, show } = recorder(stage)
  stage.claude.fault('create', { error: 'authentication' })
  await show('Claude refuses the key', RUN, { until: /held back/ })
  const lost = await stageWithClaims(columns)
  const losing = recorder(lost)
  lost.claude.fault('create', { loseResponse: true, times: 1 })
  await losing.show('An answer of Claude was lost', RUN, { until: /answer lost 60/ })
  await losing.show('A row whose batch was not answered', ['why', 'claim-8825'])
  const capped = recorder(await stageWithClaims(columns))
  await capped.show('Rows wait for the cap of the job', [...RUN, '--max-cost', '0.03'], {
    until: /batch 1 .*at Claude/,
  })
  await capped.show('A row that waits for it', ['why', 'claim-8860'])
  const standing = recorder(await stageWithClaims(columns))
  const least = [...RUN, '--max-cost', '0.001']
  await standing.show('A cap that no row fits under', least)
  await standing.show('The whole store, with a job that stands still', ['status'])
  return [...shown, ...losing.shown, ...capped.shown, ...standing.shown]
}

/** What there is to type. */
export async function playHelp(columns: number): Promise<readonly Shown[]> {
  const { shown, show } = recorder(await Stage.open(columns))
  await show('What there is', ['--help'])
  await show('A command that there is not', ['rnu', 'claims.csv'])
  await show('A store that there is not', ['status', '--store', 'team/claims.db'])
  return shown
}
