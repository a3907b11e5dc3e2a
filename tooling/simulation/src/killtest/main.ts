import { HalfrateError } from '@halfrate/core'
import { fairTest } from './fair-test.js'
import { killLoop } from './kill-loop.js'
import { parseKillTestOptions } from './options.js'

const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

try {
  const options = parseKillTestOptions(process.argv.slice(2))
  const { submissions } = options
  const went =
    submissions === null
      ? await killLoop(options, print)
      : await fairTest({ ...options, submissions }, print)
  process.exitCode = went ? 0 : 1
} catch (error) {
  if (!(error instanceof HalfrateError)) throw error
  process.stderr.write(`${error.message} ${error.nextStep}\n`)
  process.exitCode = 1
}
