/** A server that the bench starts. */
export type Server = 'postgres' | 'redis'

/** One row of the table: our side, the baseline's side, and what their ratio must reach. */
export interface Comparison {
  /** As in the design page on speed, `T1` to `T15`. */
  readonly name: string
  readonly what: string
  /** A side that runs before each of ours and is not measured. */
  readonly prepare?: string
  readonly ours: string
  readonly baseline: string
  /** `rate`: baseline time ÷ our time, more is better. `time`: our time ÷ baseline time, less is better. */
  readonly kind: 'rate' | 'time'
  readonly floor: number
  /** Most memory that our side may take, bytes. */
  readonly maxPeakBytes?: number
  /** Servers that the sides need, started once for all of them. */
  readonly needs?: readonly Server[]
  /** Measured runs of each side, when five would take too long. */
  readonly runs?: number
  readonly method: string
}

/** What is measured, with its method. */
export const COMPARISONS: readonly Comparison[] = [
  {
    name: 'T1',
    what: 'SQLite intake of 100,000 lines of 2 KB',
    ours: 't1-ours',
    baseline: 't1-baseline',
    kind: 'rate',
    floor: 0.5,
    method:
      'ours: read the file, check, slice, hash, dedupe, store and commit as one job. baseline: split the file at line feeds and insert (id, key, params) with better-sqlite3, WAL, FULL, transactions of 10,000.',
  },
  {
    name: 'T2',
    what: 'PostgreSQL intake of 100,000 lines of 2 KB, against pg-boss',
    ours: 't2-ours',
    baseline: 't2-pg-boss',
    kind: 'rate',
    floor: 3,
    needs: ['postgres'],
    method:
      'ours: as in T1, into PostgreSQL. baseline: read the file, JSON.parse, insert() in calls of 5,000. The same server.',
  },
  {
    name: 'T2',
    what: 'the same, against graphile-worker',
    ours: 't2-ours',
    baseline: 't2-graphile',
    kind: 'rate',
    floor: 3,
    needs: ['postgres'],
    method: 'baseline: read the file, JSON.parse, addJobs() in calls of 5,000. The same server.',
  },
  {
    name: 'T2',
    what: 'the same, against BullMQ',
    ours: 't2-ours',
    baseline: 't2-bullmq',
    kind: 'rate',
    floor: 3,
    needs: ['postgres', 'redis'],
    method:
      'baseline: read the file, JSON.parse, addBulk() in calls of 5,000, into Redis, appendonly, appendfsync everysec.',
  },
  {
    name: 'T3',
    what: 'PostgreSQL collecting of 100,000 shuffled results of 1.27 KB',
    ours: 't3-ours',
    baseline: 't3-graphile',
    kind: 'rate',
    floor: 3,
    needs: ['postgres'],
    method:
      'ours: as in T4, into PostgreSQL. baseline: graphile-worker fetches and completes 100,000 jobs of the same size whose task does nothing; 24 at a time, local queue of 1,000, completions in bulk.',
  },
  {
    name: 'T4',
    what: 'SQLite collecting of 100,000 shuffled results of 1.27 KB',
    ours: 't4-ours',
    baseline: 't4-baseline',
    kind: 'time',
    floor: 1.6,
    method:
      'ours: the engine collects an ended batch from memory: read, price, settle, prove, close. baseline: split, JSON.parse, insert (id, custom_id, line) with better-sqlite3, WAL, FULL, transactions of 10,000.',
  },
  {
    name: 'T5',
    what: 'collect 100,000 results from HTTP to durable (SQLite)',
    ours: 't5-ours',
    baseline: 't5-baseline',
    kind: 'rate',
    floor: 1,
    method:
      'ours: the engine and the HTTP transport, into SQLite. baseline: the SDK loop over results() into a JSONL file, fsynced. Both from a server in another process that streams a prepared file.',
  },
  {
    name: 'T5',
    what: 'the same, to PostgreSQL',
    ours: 't5-postgres',
    baseline: 't5-baseline',
    kind: 'rate',
    floor: 1,
    needs: ['postgres'],
    method: 'ours: the engine and the HTTP transport, into PostgreSQL. baseline: as above.',
  },
  {
    name: 'T6',
    what: 'results reader, counting 100,000 lines of 1.27 KB',
    ours: 't6-ours',
    baseline: 't6-baseline',
    kind: 'time',
    floor: 0.6,
    method:
      'ours: streamResults of the transport. baseline: results() of the SDK. Same server, nothing kept.',
  },
  {
    name: 'T6',
    what: 'results reader, counting 20 lines of 2 MB',
    ours: 't6-large-ours',
    baseline: 't6-large-baseline',
    kind: 'time',
    floor: 0.15,
    method:
      'as above; 20 lines, because the SDK copies all that it holds of a line with each chunk and needs about a second for each.',
  },
  {
    name: 'T7',
    what: 'create of 100,000 x 2 KB',
    prepare: 't7-prepare',
    ours: 't7-ours',
    baseline: 't7-baseline',
    kind: 'time',
    floor: 0.5,
    maxPeakBytes: 160 * 1024 * 1024,
    method:
      'ours: the engine sends a sealed submission from SQLite: look, intent, streamed body, evidence. baseline: batches.create of the SDK with the requests as objects in memory. Server in another process.',
  },
  {
    name: 'T11',
    what: 'round trip of 10,000 requests against an instant emulator',
    ours: 't11-ours',
    baseline: 't11-baseline',
    kind: 'time',
    floor: 1.5,
    method:
      'ours: file to file through intake, SQLite, engine and export. baseline: SDK script that reads the file, creates, polls, and writes the results to a file, without any durability.',
  },
  {
    name: 'T12',
    what: '64 submissions of 100 requests, eight workers against one (PostgreSQL)',
    ours: 't12-eight',
    baseline: 't12-one',
    kind: 'rate',
    floor: 5,
    needs: ['postgres'],
    runs: 3,
    method:
      'An emulator in another process answers each call after 200 ms; each worker makes one call at a time. Planning, sending, collecting and booking; that each batch is there once is proved at the end.',
  },
  {
    name: 'T13',
    what: 'start-up: halfrate --help, ten times',
    ours: 't13-ours',
    baseline: 't13-baseline',
    kind: 'time',
    floor: 2.5,
    method:
      'ours: node apps/cli/dist/main.js --help. baseline: node -e 0. Each ten times, one after the other.',
  },
]
