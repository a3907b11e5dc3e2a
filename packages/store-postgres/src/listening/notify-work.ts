import type { Step } from '../session.js'

/** The channel on which every store of a database says that there is work; the payload is the store's schema. */
export const WORK_CHANNEL = 'halfrate'

const NOTIFY = `SELECT pg_notify('${WORK_CHANNEL}', current_schema())`

/** Tells workers, as soon as this step is committed, that there is something to plan. However often a step says so, it is said once. */
export async function notifyWork({ db }: Step): Promise<void> {
  await db.all(NOTIFY)
}
