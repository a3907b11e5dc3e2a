import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { CommandResult } from '../command.js'
import type { Finding } from '../report.js'
import { demoLimitMs } from './demo-limit.js'
import { startInstalledEmulator } from './emulator.js'
import type { Project } from './project.js'

/** Installs what the project names. Nothing else of it works before. */
export async function installProject(project: Project): Promise<Finding> {
  return finding(await project.run(['npm', 'install']))
}

/** Compiles the README's program, and one that imports all that is public, with every declaration checked. */
export async function compile(project: Project): Promise<Finding> {
  const compiled = await project.run(['tsc', '-p', '.'])
  return compiled.code === 0
    ? finding(await project.run(['node', 'out/surface.js']))
    : finding(compiled)
}

/**
 * Runs the README's program against the installed emulator, twice: the second time everything is there already.
 *
 * @param program its file: the compiled one where Node has no `await using`, else as it stands in the README.
 */
export async function runFirstProgram(project: Project, program: string): Promise<Finding> {
  await using claude = await startInstalledEmulator(project)
  const env = {
    ANTHROPIC_API_KEY: 'any',
    ANTHROPIC_BASE_URL: claude.url,
    HALFRATE_CLOCK: claude.startLine,
  }
  const first = await project.run(['node', program], env)
  const second = await project.run(['node', program], env)
  const answered = first.stdout.match(/^claim-\d 0\.\d+ .+$/gm)?.length ?? 0
  const billed = await claude.billed()
  const isSame = sorted(first.stdout) === sorted(second.stdout)
  const faults = [...faultsOf(first), ...faultsOf(second)]
  if (answered !== 2) faults.push(`expected an answer and a cost for 2 claims, got ${first.stdout}`)
  if (!isSame) faults.push(`the second run printed something else: ${second.stdout}`)
  if (billed !== 2) faults.push(`expected 2 billed requests after both runs, got ${billed}`)
  return { note: `${seconds(first.ms)}, again ${seconds(second.ms)}; ${billed} billed`, faults }
}

/** Applies the project's `halfrate.config.ts`, which is compiled by nobody, and finds nothing that differs then. */
export async function runApply(project: Project): Promise<Finding> {
  const applied = await project.run(['halfrate', 'apply'])
  const checked = await project.run(['halfrate', 'apply', '--check'])
  const faults = [...faultsOf(applied), ...faultsOf(checked)]
  const said = applied.stdout + applied.stderr
  const expected = 'queue nightly: made\nqueue triage: made\n'
  if (said !== expected) faults.push(`expected ${expected}, and nothing else, got ${said}`)
  return { note: `2 queues, ${seconds(applied.ms)}`, faults }
}

// A machine becomes busy with something else in the middle of a run, so only the fastest one counts.
const DEMO_RUNS = 3
// Before a run, and after it.
const STARTS = 3

/** Runs `npx halfrate demo` with nothing but the machine itself to reach, and without a key. */
export async function runDemo(project: Project): Promise<Finding> {
  const runs = [await demoInTime(project)]
  while (runs.length < DEMO_RUNS && runs.every(({ late }) => late !== null)) {
    runs.push(await demoInTime(project))
  }
  const late = runs.flatMap((run) => run.late ?? [])
  return {
    note: runs.map(({ note }) => note).join('; '),
    faults: [
      ...runs.flatMap(({ faults }) => faults),
      ...(late.length < runs.length ? [] : [`it never ended in time: ${late.join('; ')}`]),
    ],
  }
}

type DemoRun = Finding & {
  readonly ms: number
  /** By how much it took too long for this machine; null when it did not. */
  readonly late: string | null
}

async function demoInTime(project: Project): Promise<DemoRun> {
  const before = await startsOf(project)
  const run = await demoOnce(project)
  const limitMs = demoLimitMs([...before, ...(await startsOf(project))])
  const late = run.ms < limitMs ? null : `${seconds(run.ms)}, and not within ${seconds(limitMs)}`
  return { ...run, late }
}

async function startsOf(project: Project): Promise<readonly number[]> {
  const starts: number[] = []
  while (starts.length < STARTS) starts.push((await project.run(['node', '-e', ''])).ms)
  return starts
}

async function demoOnce(project: Project): Promise<Omit<DemoRun, 'late'>> {
  const folder = join(project.folder, 'demo')
  rmSync(folder, { recursive: true, force: true })
  const guard = pathToFileURL(join(project.folder, 'only-loopback.mjs')).href
  const env = { NODE_OPTIONS: `--import ${guard}`, npm_config_offline: 'true' }
  const result = await project.run(['npx', 'halfrate', 'demo'], env)
  const faults = [...faultsOf(result)]
  for (const words of ['saved $', 'npx halfrate run demo/requests.jsonl']) {
    if (!result.stdout.includes(words)) faults.push(`it does not say “${words}”: ${result.stdout}`)
  }
  const lines = (name: string): number =>
    readFileSync(join(folder, name), 'utf8').trimEnd().split('\n').length
  const [asked, answered] = [lines('requests.jsonl'), lines('results.jsonl')]
  if (asked !== answered) faults.push(`${asked} requests and ${answered} results`)
  const saved = /saved \$[\d.,]+/.exec(result.stdout)?.[0] ?? 'saved nothing'
  return { note: `${asked} documents, ${saved}, ${seconds(result.ms)}`, faults, ms: result.ms }
}

/** Runs tests of the project's own in `node --test`, against an emulator in their own process. */
export async function runNodeTest(project: Project): Promise<Finding> {
  const result = await project.run([
    'node',
    '--test',
    '--test-reporter=tap',
    'own-code.node-test.mjs',
  ])
  const faults = [...faultsOf(result)]
  const passed = Number(/^# pass (\d+)$/m.exec(result.stdout)?.[1] ?? 0)
  if (passed !== 2) faults.push(`expected 2 tests to pass, ${passed} did: ${result.stdout}`)
  return { note: `${passed} tests, ${seconds(result.ms)}`, faults }
}

/** Runs the conformance suite against a store of the project's own. */
export async function runConformance(project: Project): Promise<Finding> {
  mkdirSync(join(project.folder, 'home'), { recursive: true })
  const result = await project.run([
    'npx',
    'vitest',
    'run',
    '--reporter=json',
    '--outputFile=cases.json',
  ])
  const faults = [...faultsOf(result)]
  const { numPassedTests: passed, numFailedTests: failed } = JSON.parse(
    readFileSync(join(project.folder, 'cases.json'), 'utf8'),
  ) as { readonly numPassedTests: number; readonly numFailedTests: number }
  if (passed < 80 || failed > 0) faults.push(`${passed} cases passed and ${failed} failed`)
  return { note: `${passed} cases, ${seconds(result.ms)}`, faults }
}

/** Runs the installed command on a Node that is too old: one line that says what it needs, and exit code 1. */
export async function runOnOldNode(project: Project, node: string): Promise<Finding> {
  const faults: string[] = []
  let said = ''
  for (const args of [['demo'], ['run', 'requests.jsonl', '-o', 'out.jsonl'], ['--version']]) {
    const command = [node, join(project.folder, 'node_modules/.bin/halfrate'), ...args]
    const { code, stdout, stderr } = await project.run(command)
    said = stderr.trimEnd()
    const isRight = /^halfrate needs Node 22\.18 or newer; this is Node \d+\.\d+\.\d+\. .+\n$/.test(
      stderr,
    )
    if (code === 1 && isRight && stdout === '') continue
    faults.push(`halfrate ${args.join(' ')} ended with ${code} and said:\n${stdout}${stderr}`)
  }
  return { note: said, faults }
}

function finding(result: CommandResult): Finding {
  return { note: seconds(result.ms), faults: faultsOf(result) }
}

function faultsOf({ code, stdout, stderr }: CommandResult): string[] {
  return code === 0 ? [] : [`it ended with ${code}:\n${stdout}${stderr}`]
}

function sorted(text: string): string {
  return text.split('\n').sort().join('\n')
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}
