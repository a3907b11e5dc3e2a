import { join } from 'node:path'
import { checkApi } from './api/check-api.js'
import { checkErrorPage } from './errors/check-error-page.js'
import { checkFigures } from './figures/check-figures.js'
import { checkRooms } from './rooms/check-rooms.js'
import { runSteps } from './run-steps.js'
import { checkPackages, checkStyle, checkTypes, checkUnused } from './tool-steps.js'
import { checkTrackedFiles } from './tracked/check-tracked-files.js'

// This file runs from tooling/checks/dist.
const root = join(import.meta.dirname, '..', '..', '..')
const steps = [
  checkStyle,
  checkTypes,
  checkRooms,
  checkFigures,
  checkTrackedFiles,
  checkErrorPage,
  checkApi,
  checkUnused,
  checkPackages,
]
const failed = await runSteps(root, steps, console.log)
console.log(failed.length === 0 ? 'all checks passed' : `failed: ${failed.join(', ')}`)
process.exitCode = failed.length === 0 ? 0 : 1
