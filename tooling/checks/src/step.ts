/** What one check of the house found. */
export interface StepResult {
  /** True when nothing has to be mended. */
  isOk: boolean
  /** A few words for the line of the report, such as how much was looked at. */
  note: string
  /** What to print below the line; empty for nothing. */
  output: string
}

/** One check of the house. It reports and changes nothing. */
export interface Step {
  /** The word that stands in the report. */
  name: string
  /** Looks at the workspace under `root`, an absolute path. What it cannot do is a failed result, not an exception. */
  run(root: string): Promise<StepResult>
}
