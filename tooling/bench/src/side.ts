/** What one side of a comparison measured in its own process. */
export interface SideFigures {
  /** Wall time of the part that counts, milliseconds. */
  readonly ms: number
  /** Peak resident set of the whole process, bytes. */
  readonly peakBytes: number
}

/** Runs one side; answers the milliseconds of the part that counts. */
export type Side = () => Promise<number>

/** Names the sides; each is imported only in the process that runs it. */
export const SIDES: Readonly<Record<string, () => Promise<Side>>> = {
  't1-ours': async () => (await import('./sides/intake.js')).intakeOurs,
  't1-baseline': async () => (await import('./sides/intake.js')).intakeBaseline,
  't2-ours': async () => (await import('./sides/postgres-intake.js')).postgresIntakeOurs,
  't2-pg-boss': async () => (await import('./sides/postgres-intake.js')).pgBossIntake,
  't2-graphile': async () => (await import('./sides/postgres-intake.js')).graphileIntake,
  't2-bullmq': async () => (await import('./sides/postgres-intake.js')).bullmqIntake,
  't3-ours': async () => (await import('./sides/postgres-collect.js')).postgresCollectOurs,
  't3-graphile': async () => (await import('./sides/postgres-collect.js')).graphileComplete,
  't4-ours': async () => (await import('./sides/collect.js')).collectOurs,
  't4-baseline': async () => (await import('./sides/collect.js')).collectBaseline,
  't5-ours': async () => (await import('./sides/http-collect.js')).httpCollectOurs,
  't5-baseline': async () => (await import('./sides/http-collect.js')).httpCollectBaseline,
  't5-postgres': async () => (await import('./sides/http-collect.js')).httpCollectPostgres,
  't6-ours': async () => (await import('./sides/reader.js')).readerOurs,
  't6-baseline': async () => (await import('./sides/reader.js')).readerBaseline,
  't6-large-ours': async () => (await import('./sides/reader.js')).largeReaderOurs,
  't6-large-baseline': async () => (await import('./sides/reader.js')).largeReaderBaseline,
  't7-prepare': async () => (await import('./sides/create.js')).createPrepare,
  't7-ours': async () => (await import('./sides/create.js')).createOurs,
  't7-baseline': async () => (await import('./sides/create.js')).createBaseline,
  't11-ours': async () => (await import('./sides/round-trip.js')).roundTripOurs,
  't11-baseline': async () => (await import('./sides/round-trip.js')).roundTripBaseline,
  't13-ours': async () => (await import('./sides/start-up.js')).helpOurs,
  't13-baseline': async () => (await import('./sides/start-up.js')).nodeAlone,
  't12-eight': async () => (await import('./sides/workers.js')).eightWorkers,
  't12-one': async () => (await import('./sides/workers.js')).oneWorker,
}
