import { queueOfSetting, type Setting } from '@halfrate/core'
import type { In } from '../in-out.js'
import type { Session } from '../session.js'

/** See `UpkeepStore.getSetting`. */
export function getSetting(session: Session, params: In<'getSetting'>): Promise<Setting | null> {
  return session.step(async (step) => {
    await step.settings.load([params])
    const row = step.settings.get(params)
    return row === null ? null : { value: row.value, version: Number(step.settings.stamp(params)) }
  })
}

/** See `UpkeepStore.putSetting`. A record's stamp is its version. */
export function putSetting(session: Session, params: In<'putSetting'>): Promise<Setting | null> {
  // A copy, as JSON keeps it; what JSON can't say is null.
  const json = JSON.stringify(params.value ?? null)
  return session.step(async (step) => {
    await step.settings.load([params])
    const row = step.settings.get(params)
    const version = row === null ? null : Number(step.settings.stamp(params))
    if (version !== params.ifVersion) return null
    step.settings.set(params, { value: JSON.parse(json) })
    // Any document keeps its queue in view, and none is ever removed.
    const queue = version === null ? queueOfSetting(params.name) : null
    if (queue !== null)
      step.also('ZADD', step.keys.ofTexts('queues', params.scope), 'GT', '1', queue)
    return { value: JSON.parse(json), version: (version ?? 0) + 1 }
  })
}
