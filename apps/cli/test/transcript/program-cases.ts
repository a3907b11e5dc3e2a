import type { ProgramChapter } from './program-case.js'

/** What a program can get wrong with the library. */
export const LIBRARY_ERRORS: ProgramChapter = {
  heading: 'Programs: the library',
  intro: `What a program gets wrong is an error of one family, \`HalfrateError\`, with \`code\`, \`message\` and \`nextStep\`; each is shown
here with its class, which \`halfrate\` exports where a program may want to catch it. In these lines \`half\` is a store in the folder
\`/claims\`, opened by \`openHalfrate({ store, emulator: claude })\`, and \`params\` are those of a good request.`,
  programs: [
    { title: 'Nothing to open', code: `await openHalfrate()` },
    { title: 'An option that there is not', code: `await openHalfrate({ stor: 'claims.db' })` },
    {
      title: 'A store of another kind',
      code: `await openHalfrate({ store: 'mysql://me@db/claims' })`,
    },
    {
      title: 'A store in a folder that there is not',
      code: `await openHalfrate({ store: folder + '/no/halfrate.db', emulator: claude })`,
    },
    {
      title: 'A file that is no store, in a program',
      files: { 'notes.txt': 'Buy milk.\n'.repeat(20) },
      code: `await openHalfrate({ store: folder + '/notes.txt', emulator: claude })`,
    },
    {
      title: 'A PostgreSQL that does not answer',
      code: `await openHalfrate({ store: 'postgres://me@127.0.0.1:9/claims', emulator: claude })`,
    },
    {
      title: 'A key beside an emulator',
      code: `await openHalfrate({ store: ':memory:', emulator: claude, apiKey: 'sk-ant-1' })`,
    },
    {
      title: 'Work after the end',
      code: `await half.close()\nawait half.queue('claims').enqueue({ key: 'a', params })`,
    },
    { title: 'A queue whose name can’t be', code: `half.queue('my claims')` },
    { title: 'No policy', code: `half.queue('claims', null)` },
    { title: 'A flush rule that is null', code: `half.queue('claims', { flush: null })` },
    { title: 'A member that no policy has', code: `half.queue('claims', { maxFailure: 3 })` },
    {
      title: 'A number of a policy out of its range',
      code: `half.queue('claims', { maxFailures: 0 })`,
    },
    {
      title: 'A schedule without its place',
      code: `half.queue('claims', { flush: { schedule: '0 2 * * *' } })`,
    },
    { title: 'An output that is no schema', code: `half.queue('claims', { output: {} })` },
    { title: 'A repair by no output', code: `half.queue('claims', { repair: true })` },
    {
      title: 'A schema that nothing can be judged by',
      code: `half.queue('claims', { outputSchema: { type: 'object', if: {} } })`,
    },
    { title: 'No request', code: `await half.queue('claims').enqueue()` },
    {
      title: 'Params that batches refuse',
      code: `await half.queue('claims').enqueue({ key: 'a', params: { ...params, max_tokens: 0 } })`,
    },
    {
      title: 'A key of a queue that has other params',
      code: `const claims = half.queue('claims')
await claims.enqueue({ key: 'a', params })
await claims.enqueue({ key: 'a', params: { ...params, max_tokens: 60 } })`,
    },
    {
      title: 'A path that nobody allowed',
      code: `const source = { type: 'path', path: 'scan.pdf' }
const messages = [{ role: 'user', content: [{ type: 'document', source }] }]
await half.queue('claims').enqueue({ key: 'a', params: { ...params, messages } })`,
    },
    {
      title: 'A transaction beside a file',
      code: `await half.queue('claims').enqueue({ key: 'a', params }, { tx: {} })`,
    },
    { title: 'A handler that is none', code: `half.queue('claims').onResult('print')` },
    {
      title: 'A route that there is not',
      code: `await half.queue('claims').enqueue({ key: 'a', params, route: 'fast' })`,
    },
    {
      title: 'A row of a job that asks for real time',
      code: `await half.run('claims', [{ key: 'a', params, route: 'realtime' }])`,
    },
    { title: 'A job without rows', code: `await half.run('claims', [])` },
    { title: 'Rows that are none', code: `await half.run('claims', null)` },
    {
      title: 'A key twice in a job',
      code: `await half.run('claims', [{ key: 'a', params }, { key: 'a', params }])`,
    },
    {
      title: 'Rows that changed since',
      code: `await half.run('claims', [{ key: 'a', params }], { start: false })
await half.run('claims', [{ key: 'a', params: { ...params, max_tokens: 60 } }], { start: false })`,
    },
    {
      title: 'A cap that is no money',
      code: `await half.run('claims', [{ key: 'a', params }], { maxCostUsd: 'much' })`,
    },
    {
      title: 'A cap that nothing fits under',
      code: `await half.run('claims', [{ key: 'a', params }], { maxCostUsd: '0.000001' })`,
    },
    {
      title: 'A job that stands still at its cap',
      code: `const row = { key: 'a', params: { ...params, max_tokens: 60_000 } }
const job = await half.run('claims', [row], { maxCostUsd: '0.02' })
const ended = job.wait().catch((error) => error)
await claude.clock.advance('1h')
throw await ended`,
    },
    {
      title: 'A deferred call past its deadline',
      code: `const client = deferred(half, { start: false })
await client.messages.create(params, { deadlineAt: '2026-01-01T00:00:00Z' })`,
    },
    {
      title: 'A deferred call that asks for a stream',
      code: `await deferred(half).messages.create({ ...params, stream: true })`,
    },
    {
      title: 'A deferred call under a key that has other params',
      code: `const client = deferred(half, { start: false })
const first = client.messages.create(params, { key: 'a' }).catch(() => {})
await client.messages.create({ ...params, max_tokens: 60 }, { key: 'a' })`,
    },
    { title: 'A job that nobody made', code: `await half.job('claims')` },
    { title: 'A time that is none', code: `await half.tick({ maxMs: -1 })` },
  ],
}

/** What a test can get wrong with the emulator. */
export const EMULATOR_ERRORS: ProgramChapter = {
  heading: 'Programs: the emulator',
  intro: `What a test gets wrong is an \`EmulatorError\` with \`code\`, \`message\` and \`nextStep\`. What the provider would answer is an answer.
In these lines \`claude\` is \`await startEmulator()\`.`,
  programs: [
    { title: 'An option that no emulator has', code: `await startEmulator({ sed: 7 })` },
    { title: 'A seed that is no number', code: `await startEmulator({ seed: 'seven' })` },
    { title: 'Faults that have no name', code: `await startEmulator({ faults: 'wild' })` },
    {
      title: 'The shorter time last',
      code: `await startEmulator({ turnaroundMs: [600_000, 60_000] })`,
    },
    {
      title: 'A port that is taken',
      code: `await startEmulator({ port: Number(new URL(claude.url).port) })`,
    },
    { title: 'A call that there is not', code: `claude.fault('creat', { loseResponse: true })` },
    { title: 'No fault', code: `claude.fault('create', null)` },
    {
      title: 'A member that no fault has',
      code: `claude.fault('create', { looseResponse: true })`,
    },
    { title: 'A fault of the wrong kind', code: `claude.fault('create', { loseResponse: 'yes' })` },
    { title: 'An outcome that no row has', code: `claude.fault('row', { outcome: 'lost' })` },
    {
      title: 'A fault that never happens',
      code: `claude.fault('create', { hang: true, times: 0 })`,
    },
    { title: 'A reply that is none', code: `claude.reply(7)` },
    {
      title: 'An error that the provider has not',
      code: `claude.reply({ error: { type: 'overloaded', message: 'Later.' } })`,
    },
    { title: 'A span that can’t be read', code: `await claude.clock.advance('soon')` },
    { title: 'A clock that would go back', code: `await claude.clock.advance(-1)` },
  ],
}
