import { readEnvironment } from '../config.js'
import { JsonPresenter } from './json-presenter.js'
import { LinePresenter } from './line-presenter.js'
import { LivePresenter } from './live-presenter.js'
import type { Presenter } from './presenter.js'

/**
 * Chooses how a command shows what it does: drawn on a terminal, as lines, or as JSON.
 *
 * The report goes to standard output, unless the rows do.
 */
export function makePresenter(params: {
  readonly json: boolean
  readonly rowsOnStdout: boolean
}): Presenter {
  const log = process.stderr
  const out = params.rowsOnStdout ? process.stderr : process.stdout
  if (params.json) return new JsonPresenter({ log, out })
  if (!log.isTTY) return new LinePresenter({ log, out })
  return new LivePresenter({ area: log, out, colours: !readEnvironment().noColour })
}
