import { runTool } from './run-tool.js'
import type { Step } from './step.js'
import { listPackages } from './workspace.js'

/** Format and lint, by biome. */
export const checkStyle: Step = toolStep('biome', ['biome', 'check', '--error-on-warnings'])

/** Types of sources and tests, by the compiler, in every package. */
export const checkTypes: Step = toolStep('types', [
  'turbo',
  'run',
  'typecheck',
  '--output-logs=errors-only',
  '--continue',
])

/** Files, exports and dependencies that nothing uses, by knip. */
export const checkUnused: Step = toolStep('knip', ['knip', '--no-progress'])

/** Manifests and built files of every public package as npm users will get them, by publint. */
export const checkPackages: Step = {
  name: 'publint',
  async run(root) {
    const packages = listPackages(root).filter(({ isPublic }) => isPublic)
    const failed: string[] = []
    for (const { folder } of packages) {
      const { isOk, output } = await runTool(root, ['publint', 'run', folder, '--strict'])
      if (!isOk) failed.push(`${folder}\n${output}`)
    }
    const note = `${packages.length} public packages`
    return { isOk: failed.length === 0 && packages.length > 0, note, output: failed.join('\n') }
  },
}

function toolStep(name: string, command: readonly string[]): Step {
  return {
    name,
    async run(root) {
      const { isOk, output } = await runTool(root, command)
      return { isOk, note: command.join(' '), output: isOk ? '' : output }
    },
  }
}
