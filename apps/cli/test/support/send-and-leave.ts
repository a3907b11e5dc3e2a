import { startHalfrate, type TestEmulator } from './cli.js'

/** Runs a file until its batch is at Claude, and leaves it there. */
export async function sendAndLeave(
  folder: string,
  claude: TestEmulator,
  input: string,
  store: readonly string[] = [],
): Promise<void> {
  const words = ['run', input, '-o', 'out.jsonl', ...store, ...claude.flags]
  const run = startHalfrate(words, { cwd: folder })
  await run.said(/rows?: at Claude/)
  run.child.kill('SIGINT')
  await run.ended
}
