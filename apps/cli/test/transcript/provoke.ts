import { openSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type Ended, halfrate, type TestEmulator } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import type { ErrorCase, ErrorChapter } from './error-case.js'

const SHOWN_CHARS = 160

/** Provokes an error, and tells how and what came, as a part of a page. */
export async function provoke(each: ErrorCase, claude: TestEmulator): Promise<string> {
  const folder = realpathSync(temporaryFolder())
  for (const [name, text] of Object.entries(each.files ?? {}))
    writeFileSync(join(folder, name), text)
  await each.before?.({ folder, claude })
  const ended = await run(each, folder, claude)
  expect(ended.code, `${each.title}: ${ended.stderr}`).toBe(each.exit ?? 1)
  if (each.isSent !== true) expect(ended.stdout).toBe('')
  const said = ended.stderr.split('\n').filter((line) => each.only?.test(line) ?? true)
  const output = normal(said.join('\n'), folder, claude).trimEnd()
  if (each.only === undefined) expect(output).toMatch(/ {2}.+ {3}\(code [a-z0-9_]+\)$/)
  const command = `$ ${['halfrate', ...each.args.map(shellWord)].join(' ')}`
  return [`### ${each.title}`, ...filesText(each), `\`\`\`\n${command}\n${output}\n\`\`\``].join(
    '\n\n',
  )
}

/** The page around what was provoked. */
export function pageOf(
  chapters: readonly (readonly [Pick<ErrorChapter, 'heading' | 'intro'>, readonly string[]])[],
): string {
  const parts = chapters.flatMap(([{ heading, intro }, texts]) => [
    `## ${heading}`,
    intro,
    ...texts,
  ])
  return `${[PREFACE, ...parts].join('\n\n')}\n`
}

const PREFACE = `# Errors as they are seen

Each of them was provoked, and this is what was printed or thrown; what a code means is in [errors.md](errors.md). In the first
chapters the command printed it: it stood in the folder \`/claims\`, and the flags that lead it to an emulator instead of Claude are left out. Unless
something else is said, the exit code is 1, standard output is empty and nothing was sent. On a terminal the lines are broken to fit.
The last two chapters are of programs, which catch what is thrown.

A test provokes them again and compares this page (\`apps/cli/test/transcript\`); \`vitest run test/transcript -u\` writes it anew.`

const LOCAL = [
  'status',
  'results',
  'why',
  'verify',
  'decide',
  'demo',
  'rnu',
  'pause',
  'queues',
  'budgets',
  'limits',
  'retry',
  'apply',
  'audit',
  'prices',
  'costs',
]

function run(each: ErrorCase, cwd: string, claude: TestEmulator): Promise<Ended> {
  const [command = ''] = each.args
  const isLocal = LOCAL.includes(command)
  const own = (flag: string): boolean => each.args.includes(flag)
  const isElsewhere = own('--base-url') || each.env?.ANTHROPIC_BASE_URL !== undefined
  // Without a store there is no clock to share.
  const led = command === 'salvage' ? ['--base-url', claude.url] : claude.flags
  const flags = isLocal || isElsewhere ? [] : led
  return halfrate([...each.args, ...flags], {
    cwd,
    ...(each.env === undefined ? {} : { env: each.env }),
    ...(each.input === undefined ? {} : { stdin: openSync('/dev/null', 'r') }),
    ...(each.through === undefined || each.through === null ? {} : { through: each.through }),
  })
}

function filesText({ files = {}, about }: ErrorCase): readonly string[] {
  if (about !== undefined) return [about]
  return Object.entries(files)
    .filter(([, text]) => text !== USUAL_PROMPT)
    .map(([name, text]) => `\`${name}\`:\n\n\`\`\`\n${shown(String(text))}\n\`\`\``)
}

const USUAL_PROMPT = 'Is it urgent? {{text}}\n'

function shown(text: string): string {
  const lines = text.replace(/\n$/, '').split('\n')
  return lines
    .map((line) => (line.length > SHOWN_CHARS ? `${line.slice(0, SHOWN_CHARS)}…` : line))
    .join('\n')
}

// What differs from machine to machine and from day to day.
function normal(text: string, folder: string, claude: TestEmulator): string {
  return text
    .replaceAll(folder, '/claims')
    .replaceAll(new URL(claude.url).host, '127.0.0.1:4010')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '2026-11-21T09:00:00.000Z')
    .replace(
      /ready by [^,]+, half of such batches by (?:\w+ )*\d\d:\d\d/g,
      'ready by 10:11, half of such batches by 09:13',
    )
    .replace(/knows up to \w+/g, 'knows up to 0001_tables')
    .replace(/worker \([^)]+\)/g, 'worker (machine:4711)')
}

function shellWord(word: string): string {
  return /^[\w./:=,@-]+$/.test(word) ? word : `'${word}'`
}
