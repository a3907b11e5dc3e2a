import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { ConfigError, type EngineEvent } from '@halfrate/core'
import { readEnvironment } from '../config.js'
import { collectDocuments } from '../demo/collect-documents.js'
import { startDemoEmulator } from '../demo/demo-emulator.js'
import { writeRequests } from '../demo/write-requests.js'
import { EXIT } from '../exit-code.js'
import { DEFAULT_CONFIRM_ABOVE } from '../preflight/permission.js'
import { DEFAULT_GRACE_MS } from '../run/grace.js'
import { makePresenter } from '../run/make-presenter.js'
import { type RunResult, runJob } from '../run/run-job.js'
import { sameCommand, selfCommand } from '../run/self-command.js'
import { demoObject, demoScreen } from '../screen/demo-screen.js'
import { countOf } from '../screen/number-text.js'
import { printLines } from '../terminal/print-lines.js'

// Ten minutes in a second: a batch that takes half an hour is back in three.
const CLOCK_FACTOR = 600
const BATCHES = 5
const MARK = '.halfrate-demo'

/** Flags of `demo`. */
export interface DemoFlags {
  readonly json?: boolean | undefined
}

/** Runs the main job on documents that are on this machine, against an emulator with a fast clock and some faults. */
export async function demo(flags: DemoFlags): Promise<number> {
  const folder = resolve('demo')
  const paths = await freshFolder(folder)
  const documents = await collectDocuments(import.meta.dirname)
  await writeRequests(paths.requests, documents)
  await using emulator = await startDemoEmulator(CLOCK_FACTOR)
  const { url, clock } = emulator.startLine
  const json = flags.json === true
  // One object on standard output, and the report of the run is not yet all of it.
  const presenter = makePresenter({ json, rowsOnStdout: json })
  const lost = new LostAnswers()
  try {
    presenter.say(
      `${countOf(documents.length, 'document')} of installed packages, one request each: ${near(paths.requests)}`,
    )
    const result = await runJob(
      {
        place: {
          store: paths.store,
          usualStore: resolve('halfrate.db'),
          baseUrl: new URL(url),
          apiKey: 'demo',
          clock,
          prices: null,
        },
        files: [paths.requests],
        output: near(paths.results),
        job: 'demo',
        batchSize: Math.ceil(documents.length / BATCHES),
        onConflict: 'report',
        rules: { confirmAboveNano: DEFAULT_CONFIRM_ABOVE, isAgreed: true, maxCostNano: null },
        mayAsk: false,
        graceMs: DEFAULT_GRACE_MS,
        format: 'halfrate',
        resume: sameCommand(),
        collect: sameCommand(),
        withCap: () => sameCommand(),
        interruptedText:
          'interrupted, and the emulator ended with the demo. The same command begins anew:',
      },
      presenter,
      lost,
    )
    presenter.close()
    if (result.exitCode !== EXIT.interrupted) tell(paths, result, lost, json)
    return result.exitCode === EXIT.interrupted ? EXIT.interrupted : EXIT.usable
  } finally {
    presenter.close()
  }
}

interface DemoPaths {
  readonly requests: string
  readonly results: string
  readonly store: string
}

// Only what an earlier demo made is taken away; its mark tells it from a folder of the user's own.
async function freshFolder(folder: string): Promise<DemoPaths> {
  const mark = join(folder, MARK)
  const paths = {
    requests: join(folder, 'requests.jsonl'),
    results: join(folder, 'results.jsonl'),
    store: join(folder, 'halfrate.db'),
  }
  const foreign = existsSync(mark)
    ? undefined
    : Object.values(paths).find((path) => existsSync(path))
  if (foreign !== undefined) {
    throw new ConfigError(
      `the demo writes ${near(foreign)}, which is there and is not of a demo.`,
      'Nothing was changed. Run it in another folder.',
    )
  }
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(mark, 'halfrate demo replaces the files of its own in this folder.\n')
  } catch (error) {
    throw new ConfigError(
      `the demo can't write into ${folder}: ${(error as Error).message}.`,
      'Run it in another folder.',
      { cause: error },
    )
  }
  const own = [...Object.values(paths), `${paths.store}-wal`, `${paths.store}-shm`]
  await Promise.all(own.map((path) => rm(path, { force: true })))
  return paths
}

function tell(paths: DemoPaths, result: RunResult, lost: LostAnswers, json: boolean): void {
  const facts = {
    command: `${selfCommand()} run ${near(paths.requests)} -o summaries.jsonl`,
    batches: result.last?.batches.length ?? 0,
    released: result.released.all(),
    lostAnswers: lost.lost,
    foundAnswers: lost.lost - lost.givenUp,
  }
  if (json) {
    const { requests, results, store } = paths
    const object = { ...demoObject(facts), requests, results, store }
    process.stdout.write(`${JSON.stringify(object)}\n`)
    return
  }
  const { noColour } = readEnvironment()
  printLines(process.stdout, (width) => [[], ...demoScreen(facts, width)], { colours: !noColour })
}

function near(path: string): string {
  return relative(process.cwd(), path)
}

/** Counts sends whose answer was lost, and those that were given up. */
class LostAnswers {
  readonly #lost = new Set<number>()
  readonly #givenUp = new Set<number>()

  onEvent(event: EngineEvent): void {
    if (event.type !== 'submission_changed') return
    if (event.state === 'ambiguous') this.#lost.add(event.submissionId)
    if (event.state === 'lost') this.#givenUp.add(event.submissionId)
  }

  get lost(): number {
    return this.#lost.size
  }

  get givenUp(): number {
    return this.#givenUp.size
  }
}
