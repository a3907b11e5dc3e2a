import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, vi } from 'vitest'
import { halfrate, request, startHalfrate, writeInput } from '../support/cli.js'
import type { ErrorChapter, ErrorPlace } from './error-case.js'
import { smallDisk, withoutPrivileges } from './hardships.js'

const INPUT = { 'requests.jsonl': `${JSON.stringify(request('r1'))}\n` }
const GOOD = 'The input is good.'
const RUN = ['run', 'requests.jsonl', '-o', 'results.jsonl']
const OTHER_CLOCK = JSON.stringify({ origin: 0, start: 0, factor: 600 })

// A job of two rows that is done.
async function finish({ folder, claude }: ErrorPlace): Promise<void> {
  writeInput(folder, [request('r1'), request('r2')])
  await halfrate([...RUN, ...claude.flags], { cwd: folder })
}

// A worker has its place a moment after it has named its store.
async function untilHeld(store: string): Promise<void> {
  const database = new DatabaseSync(store, { readOnly: true })
  const held = database.prepare('SELECT 1 FROM leases WHERE worker_id IS NOT NULL')
  await vi.waitFor(() => expect(held.all()).not.toEqual([]), { timeout: 60_000 })
  database.close()
}

/** What can be wrong with a command, a key or an address. */
export const COMMAND_ERRORS: ErrorChapter = {
  heading: 'Commands and settings',
  intro: 'Nothing is made and nothing is sent.',
  cases: [
    { title: 'A command that there is not', args: ['rnu', 'requests.jsonl'] },
    { title: 'No output', files: INPUT, about: GOOD, args: ['run', 'requests.jsonl'] },
    {
      title: 'A number out of its range',
      files: INPUT,
      about: GOOD,
      args: [...RUN, '--batch-size', '0'],
    },
    {
      title: 'A word that a flag does not know',
      files: INPUT,
      about: GOOD,
      args: [...RUN, '--on-lost-answer', 'maybe'],
    },
    {
      title: 'Costs by something that they are not told by',
      args: ['costs', '--by', 'model,colour'],
    },
    {
      title: 'Costs of a month and of a time',
      files: INPUT,
      about: 'A job is done.',
      before: finish,
      isSent: true,
      args: ['costs', '--month', '2026-11', '--since', '3d'],
    },
    {
      title: 'A comparison by what the provider does not know',
      args: ['costs', '--reconcile', '--by', 'job'],
    },
    {
      title: 'Reports of the Admin API without its key',
      args: ['audit', 'admin:usage', '--base-url', 'http://127.0.0.1:9'],
    },
    {
      title: 'A key that is no admin key',
      args: ['audit', 'admin:usage', '--base-url', 'http://127.0.0.1:9'],
      env: { ANTHROPIC_ADMIN_KEY: 'sk-ant-api03-other' },
    },
    {
      title: 'A budget without an amount',
      args: ['budgets', 'set', '--queue', 'run'],
    },
    {
      title: 'A budget of a place that there is not',
      files: INPUT,
      about: 'A queue has a request.',
      before: async ({ folder }) => {
        await halfrate(['enqueue', 'requests.jsonl', '--queue', 'triage'], { cwd: folder })
      },
      args: ['budgets', 'set', '--day', '5', '--time-zone', 'Middle/Earth'],
    },
    {
      title: 'A limit that nobody gave',
      args: ['limits', 'set'],
    },
    {
      title: 'A limit of nothing',
      args: ['limits', 'set', '--enqueued', '0'],
    },
    {
      title: 'Limits that only an administrator may ask for',
      args: ['limits', 'set', '--enqueued', 'ask', '--base-url', 'http://127.0.0.1:9'],
    },
    {
      title: 'A budget of a project that is not there',
      files: INPUT,
      about: 'A queue has a request.',
      before: async ({ folder }) => {
        await halfrate(['enqueue', 'requests.jsonl', '--queue', 'triage'], { cwd: folder })
      },
      args: ['budgets', 'set', '--project', 'acme', '--month', '100'],
    },
    {
      title: 'A time of the day of no place',
      files: INPUT,
      about: GOOD,
      args: [...RUN, '--by', '06:00'],
    },
    {
      title: 'A time that there is not',
      files: INPUT,
      about: GOOD,
      args: [...RUN, '--by', '6 am', '--time-zone', 'Europe/Berlin'],
    },
    {
      title: 'A place that there is not, and its time',
      files: INPUT,
      about: GOOD,
      args: [...RUN, '--by', '06:00', '--time-zone', 'Middle/Earth'],
    },
    {
      title: 'A place without a time',
      files: INPUT,
      about: GOOD,
      args: [...RUN, '--time-zone', 'Europe/Berlin'],
    },
    {
      title: 'Two answers to one question',
      files: INPUT,
      about: GOOD,
      args: [...RUN, '--changed', '--keep'],
    },
    {
      title: 'No API key',
      files: INPUT,
      about: GOOD,
      args: RUN,
      env: { ANTHROPIC_API_KEY: '', ANTHROPIC_BASE_URL: '' },
    },
    {
      title: 'An API key of two lines, which is not shown',
      files: INPUT,
      about: GOOD,
      args: RUN,
      env: { ANTHROPIC_API_KEY: 'secret\nsecret' },
    },
    {
      title: 'An API key that the provider refuses',
      files: INPUT,
      about: `${GOOD} The list of batches is asked for before anything is sent.`,
      args: RUN,
      before: async ({ claude }) =>
        claude.fault([{ op: 'list', error: 'authentication', times: 1 }]),
    },
    {
      title: 'An address that is none',
      files: INPUT,
      about: GOOD,
      args: [...RUN, '--base-url', 'nowhere'],
    },
    {
      title: 'An address with too much in it',
      files: INPUT,
      about: GOOD,
      args: [...RUN, '--base-url', 'https://api.anthropic.com/v1'],
    },
    {
      title: 'A salvage into a table',
      args: ['salvage', '-o', 'salvaged.csv'],
    },
    {
      title: 'A salvage since no time',
      args: ['salvage', '-o', 'salvaged.jsonl', '--since', 'yesterday'],
    },
    {
      title: 'A salvage of what is no batch',
      args: ['salvage', '-o', 'salvaged.jsonl', '--batch', 'https://api.anthropic.com/x'],
    },
    {
      title: 'A salvage with a part of an input',
      args: ['salvage', '-o', 'salvaged.jsonl', '--key-column', 'id'],
    },
    {
      title: 'A fast clock for the provider itself',
      files: INPUT,
      about: GOOD,
      args: [...RUN, '--base-url', 'https://api.anthropic.com', '--clock', OTHER_CLOCK],
    },
  ],
}

/** What can be wrong with a store, or with what is in it. */
export const STORE_ERRORS: ErrorChapter = {
  heading: 'Stores and jobs',
  intro: 'A store that can’t be used is left as it is.',
  cases: [
    { title: 'A store that is not there', args: ['status'] },
    {
      title: 'A store that is something else',
      files: { ...INPUT, 'notes.txt': 'these are notes, not a store\n'.repeat(100) },
      about: '`notes.txt` is a text.',
      args: [...RUN, '--store', 'notes.txt'],
    },
    {
      title: 'A store of a newer version',
      about: 'A newer Halfrate has brought `halfrate.db` up to date.',
      before: async (place) => {
        await finish(place)
        const database = new DatabaseSync(join(place.folder, 'halfrate.db'))
        database.exec(
          "INSERT INTO migrations (name, breaking, applied_at) VALUES ('9999_future', 1, 1)",
        )
        database.close()
      },
      args: ['status'],
      isSent: true,
    },
    {
      title: 'A store in a folder that is not there',
      files: INPUT,
      about: GOOD,
      args: [...RUN, '--store', 'no/halfrate.db'],
    },
    {
      title: 'Two workers on one SQLite file',
      about: 'Another terminal runs `halfrate work`.',
      before: async (place) => {
        await finish(place)
        const { folder, claude } = place
        const work = startHalfrate(['work', ...claude.flags], { cwd: folder })
        await work.said(/store/)
        await untilHeld(join(folder, 'halfrate.db'))
      },
      args: ['work', '--once'],
      isSent: true,
    },
    {
      title: 'Rows that were changed since last time',
      about: 'The job is done, and `requests.jsonl` has other words in its second line now.',
      before: async (place) => {
        await finish(place)
        writeInput(place.folder, [request('r1'), request('r2', 'Say something else.')])
      },
      args: RUN,
      isSent: true,
    },
    {
      title: 'A job that there is not',
      before: finish,
      args: ['results', '--job', 'nightly'],
      isSent: true,
      about: 'The store has one job.',
    },
    {
      title: 'A key that there is not',
      before: finish,
      args: ['why', 'r9'],
      isSent: true,
      about: 'The job has the keys `r1` and `r2`.',
    },
    {
      title: 'A queue that there is not',
      before: finish,
      args: ['queues', 'pause', 'rum'],
      isSent: true,
      about: 'The store has the queue of `halfrate run`.',
    },
    {
      title: 'A schema of answers that is not there',
      before: finish,
      isSent: true,
      args: ['queues', 'set', 'triage', '--output-schema', 'triage.schema.json'],
    },
    {
      title: 'A schema of answers that is none',
      before: finish,
      isSent: true,
      files: { 'triage.schema.json': '{ "type": "urgent" }' },
      args: ['queues', 'set', 'triage', '--output-schema', 'triage.schema.json'],
    },
    {
      title: 'A project that there is not',
      before: finish,
      args: ['pause', '--project', 'acme'],
      isSent: true,
      about: 'The store has what `halfrate run` put into it.',
    },
    {
      title: 'A pause of two things',
      before: finish,
      args: ['pause', '--all', '--queue', 'run'],
      isSent: true,
      about: 'Each pause ends with a resume of its own.',
    },
    {
      title: 'A code that there is not',
      before: finish,
      args: ['retry', '--code', 'nonsense'],
      isSent: true,
      about: 'Every request of the job has an answer.',
    },
    {
      title: 'A batch that there is not',
      before: finish,
      args: ['decide', '77', 'resend'],
      isSent: true,
      about: 'The store has one batch.',
    },
    {
      title: 'A demo where files of yours are',
      before: async ({ folder }) => {
        mkdirSync(join(folder, 'demo'))
        writeFileSync(join(folder, 'demo/results.jsonl'), 'mine')
      },
      about: '`demo/results.jsonl` is yours.',
      args: ['demo'],
    },
  ],
}

/** What the machine can refuse. */
export const MACHINE_ERRORS: ErrorChapter = {
  heading: 'Permissions and room',
  intro:
    'Root may read everything, so for root the test takes that right from the command (`setpriv`). A small disk for the store is mounted where the machine lets the test do so (`unshare`); elsewhere that part is not compared.',
  cases: [
    {
      title: 'An input that may not be read',
      files: INPUT,
      about: '`requests.jsonl` has the mode 000.',
      before: async ({ folder }) => chmodSync(join(folder, 'requests.jsonl'), 0),
      through: withoutPrivileges(),
      args: RUN,
    },
    {
      title: 'An output that may not be written',
      files: INPUT,
      about: 'The folder `theirs` has the mode 555.',
      before: async ({ folder }) => {
        mkdirSync(join(folder, 'theirs'))
        chmodSync(join(folder, 'theirs'), 0o555)
      },
      through: withoutPrivileges(),
      args: ['run', 'requests.jsonl', '-o', 'theirs/results.jsonl'],
    },
    {
      title: 'A disk that is full when answers are written',
      about: 'The job is done, and `/dev/full` takes nothing.',
      before: finish,
      args: ['results', '-o', '/dev/full'],
      isSent: true,
    },
    {
      title: 'A disk that is full when rows are taken in',
      files: { 'requests.jsonl': `${JSON.stringify(request('r1', 'x'.repeat(3_000_000)))}\n` },
      about: 'The message has 3 MB, and the disk of `small` has 1 MB.',
      before: async ({ folder }) => void mkdirSync(join(folder, 'small')),
      through: smallDisk('small'),
      args: [...RUN, '--store', 'small/halfrate.db'],
    },
  ],
}
