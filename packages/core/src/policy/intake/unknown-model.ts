import type { LinePlace } from './intake-error.js'
import { nearNames } from './near-names.js'
import { shownText } from './shown-value.js'

/** A model that is not in the list of known ones. A warning only: new models come before new versions of Halfrate. */
export interface UnknownModel {
  readonly model: string
  /** Known models that read much like it, nearest first, at most three. */
  readonly nearNames: readonly string[]
  /** One line for a person, with the place in front. */
  readonly message: string
}

const MOST_NEAR = 3
const DATED = /-\d{8}$/

/**
 * Says what is to be said about a model; null when it is known.
 *
 * A name without its date is known when one with a date is (`claude-haiku-4-5` for `claude-haiku-4-5-20251001`).
 */
export function findUnknownModel(
  params: Readonly<{ model: string; known: readonly string[]; place: LinePlace }>,
): UnknownModel | null {
  const { model, known, place } = params
  if (known.some((name) => name === model || name.replace(DATED, '') === model)) return null
  const near = nearNames(model, known, MOST_NEAR)
  const where = [place.file, place.line].filter((part) => part !== null).join(':')
  const asked = near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`
  const text = `params.model: "${shownText(model)}" is not a model that Halfrate knows.${asked} It is sent as it is; its cost can't be told.`
  return { model, nearNames: near, message: where === '' ? text : `${where}: ${text}` }
}
