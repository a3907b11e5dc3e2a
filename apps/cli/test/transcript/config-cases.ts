import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { request } from '../support/cli.js'
import type { ErrorChapter } from './error-case.js'
import { withoutPrivileges } from './hardships.js'

const JSON_NAME = 'halfrate.config.json'
const INPUT = { 'claims.jsonl': `${JSON.stringify(request('r1'))}\n` }
const RUN = ['run', 'claims.jsonl', '-o', 'answers.jsonl']
const TS_NAME = 'halfrate.config.ts'

/** What can be wrong with the config file of a folder. */
export const CONFIG_ERRORS: ErrorChapter = {
  heading: 'The config file',
  intro:
    'Every command that has a store or asks the provider reads it first, and nothing is done with one that has a fault.',
  cases: [
    {
      title: 'A setting that there is not',
      files: { [JSON_NAME]: '{ "max-tokens": 512 }' },
      args: ['status'],
    },
    {
      title: 'A setting of another kind',
      files: { [JSON_NAME]: '{ "maxTokens": "512" }' },
      args: ['status'],
    },
    {
      title: 'A setting out of its range',
      files: { [JSON_NAME]: '{ "batchSize": 0 }' },
      args: ['status'],
    },
    {
      title: 'A flag of one command in the file',
      files: { [JSON_NAME]: '{ "yes": true }' },
      args: ['status'],
    },
    {
      title: 'A member of a queue that there is not',
      files: { [JSON_NAME]: '{ "queues": { "triage": { "flushAges": "30m" } } }' },
      args: ['status'],
    },
    {
      title: 'A schedule that never occurs',
      files: {
        [JSON_NAME]:
          '{ "queues": { "night": { "flushSchedule": "0 0 30 2 *", "flushTimeZone": "UTC" } } }',
      },
      args: ['status'],
    },
    {
      title: 'A budget without a cap',
      files: { [JSON_NAME]: '{ "budgets": [{ "queue": "triage", "warnAt": [50] }] }' },
      args: ['status'],
    },
    {
      title: 'A flush rule for the queue of halfrate run',
      files: { [JSON_NAME]: '{ "queues": { "run": { "flushAge": "1h" } } }' },
      args: ['status'],
    },
    {
      title: 'A price file with a fault',
      files: {
        [JSON_NAME]: '{ "prices": "prices.json" }',
        'prices.json': '{\n  "claude-opus-5": {\n    "input": "5"\n  }\n}\n',
        ...INPUT,
      },
      args: RUN,
    },
    {
      title: 'A price file that is not there',
      files: { [JSON_NAME]: '{ "prices": "prices.json" }', ...INPUT },
      args: RUN,
    },
    {
      title: 'A key in the file',
      files: { [JSON_NAME]: '{ "apiKey": "…" }' },
      args: ['status'],
    },
    {
      title: 'A password in the file',
      files: { [JSON_NAME]: '{ "store": "postgres://claims:secret@db/claims" }' },
      args: ['status'],
    },
    {
      title: 'A comment in JSON',
      files: { [JSON_NAME]: '{\n  // where it is kept\n  "store": "claims.db"\n}\n' },
      args: ['status'],
    },
    {
      title: 'TypeScript that does not parse',
      files: { [TS_NAME]: 'export default {\n  maxTokens: 512,\n  model: "claude-haiku-4-5,\n}\n' },
      args: ['status'],
    },
    {
      title: 'TypeScript that Node can’t run',
      files: { [TS_NAME]: 'enum Queue { triage }\nexport default {}\n' },
      args: ['status'],
    },
    {
      title: 'A config file that throws',
      files: {
        [TS_NAME]:
          'const store: string | undefined = process.env.CLAIMS_DB\nif (store === undefined) throw new Error("CLAIMS_DB is not set")\nexport default { store }\n',
      },
      args: ['status'],
    },
    {
      title: 'A config file without a default export',
      files: { [TS_NAME]: 'export const config = { maxTokens: 512 }\n' },
      args: ['status'],
    },
    {
      title: 'A config file in the old kind of module',
      files: { 'halfrate.config.js': 'module.exports = { maxTokens: 512 }\n' },
      args: ['status'],
    },
    {
      title: 'Two config files',
      files: { [JSON_NAME]: '{}', [TS_NAME]: 'export default {}\n' },
      args: ['status'],
    },
    {
      title: 'A config file that may not be read',
      files: { [JSON_NAME]: '{}' },
      about: '`halfrate.config.json` has the mode 000.',
      before: async ({ folder }) => chmodSync(join(folder, JSON_NAME), 0),
      through: withoutPrivileges(),
      args: ['status'],
    },
    {
      title: 'Nothing to apply',
      files: { [JSON_NAME]: '{ "model": "claude-haiku-4-5" }' },
      args: ['apply'],
    },
    { title: 'No config file to apply', args: ['apply'] },
    {
      title: 'A check before there is a store',
      files: { [JSON_NAME]: '{ "queues": { "triage": { "flushAge": "30m" } } }' },
      args: ['apply', '--check'],
    },
  ],
}
