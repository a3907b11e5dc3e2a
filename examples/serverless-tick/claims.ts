import { type NewRequest, openHalfrate, type Result, type TickResult } from 'halfrate'

// A file here, so that the example runs anywhere; functions on many machines share a database: postgres://…
const STORE = process.env.DATABASE_URL ?? './claims.db'

/** Called with the night's rows: they are safe when it returns, and nothing was sent yet. */
export async function takeIn(night: string, rows: AsyncIterable<NewRequest>): Promise<number> {
  await using half = await openHalfrate({ store: STORE })
  const job = await half.run(night, rows, { start: false })
  return job.rowCount
}

/** Called every ten minutes by a timer: sends what waits, and brings home what has ended meanwhile. */
export async function tick(
  night: string,
  save: (result: Result) => Promise<void>,
): Promise<TickResult> {
  await using half = await openHalfrate({ store: STORE })
  const ticked = await half.tick({ maxMs: 50_000 }) // of the 60 seconds that the function may live
  const job = await half.job(night)
  const { isDone } = await job.report()
  if (isDone) for await (const result of job.results()) await save(result)
  return ticked
}
