import type { Step } from './step.js'

/**
 * Runs all steps in their order, also after one that fails, and prints a line for each with what it has to say below.
 *
 * @param root absolute path of the workspace.
 * @param print takes one line or block of the report.
 * @returns the names of the steps that failed, in their order.
 */
export async function runSteps(
  root: string,
  steps: readonly Step[],
  print: (text: string) => void,
): Promise<readonly string[]> {
  const width = Math.max(0, ...steps.map(({ name }) => name.length))
  const failed: string[] = []
  for (const step of steps) {
    const { isOk, note, output } = await resultOf(step, root)
    if (!isOk) failed.push(step.name)
    print(`${isOk ? 'ok    ' : 'failed'}  ${step.name.padEnd(width)}  ${note}`)
    if (output !== '') print(output.replace(/^(?=.)/gm, '        '))
  }
  return failed
}

// A step that throws has failed like any other; the steps after it still run.
async function resultOf(step: Step, root: string): ReturnType<Step['run']> {
  try {
    return await step.run(root)
  } catch (error) {
    return { isOk: false, note: 'could not run', output: String(error) }
  }
}
