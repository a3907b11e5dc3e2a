import { join } from 'node:path'
import { expect, test } from 'vitest'
import { widthOf } from '../../src/screen/text-width.js'
import { unbrokenPieces } from '../../src/screen/unbroken-pieces.js'
import { playHeldBack, playHelp, playOnTheWay, playToTheEnd, type Shown } from './scenes.js'

const PAGE = join(import.meta.dirname, '../../../../docs/screens.md')
const CHAPTERS = [
  ['From the question to the batches', playOnTheWay],
  ['The end', playToTheEnd],
  ['What holds a run back', playHeldBack],
  ['Help and errors', playHelp],
] as const
// The widths of the page; from the least on nothing is broken that should not be.
const SHOWN = [80, 120] as const
const LEAST = 60
// More than a hundred processes, each of which may take seconds where a machine is busy.
const TIMEOUT_MS = 1_200_000

const PREFACE = `# Screens as they are seen

What a terminal of 80 and one of 120 columns show, without colours; where the two are the same, it stands here once. The program
itself showed it, against an emulator whose clock stands still between two commands. The store is in \`/var/lib/claims\`, the
flags that lead to the emulator are left out, and so are ids and sizes that differ from machine to machine. A command that is to
be copied stays in one line, however long it is; the terminal breaks it.

A test plays all of it again and compares this page (\`apps/cli/test/screens\`); \`vitest run test/screens -u\` writes it anew.
What errors look like: [errors-seen.md](errors-seen.md).`

function expectFit({ screen, command }: Shown, columns: number): void {
  const wide = screen.split('\n').filter((row) => widthOf(row) >= columns)
  const broken = wide.filter((row) => unbrokenPieces(row.trim()).length > 1)
  expect(broken, `${command} in ${columns} columns`).toEqual([])
}

function partOf(shown: readonly Shown[]): string {
  const [first] = shown
  const screens = shown.map(({ screen }) => `\`\`\`text\n${screen}\n\`\`\``)
  const different = [...new Set(screens)]
  return [`### ${first?.title}`, `\`$ ${first?.command}\``, ...different].join('\n\n')
}

test('docs/screens.md has what a terminal shows, and in 60 columns nothing is broken either', {
  timeout: TIMEOUT_MS,
}, async () => {
  const parts: string[] = []
  for (const [heading, play] of CHAPTERS) {
    for (const shown of await play(LEAST)) expectFit(shown, LEAST)
    const narrow = await play(SHOWN[0])
    const wide = await play(SHOWN[1])
    for (const shown of narrow) expectFit(shown, SHOWN[0])
    for (const shown of wide) expectFit(shown, SHOWN[1])
    const all = narrow.map((one, index) => partOf([one, ...wide.slice(index, index + 1)]))
    parts.push(`## ${heading}`, ...all)
  }
  await expect(`${[PREFACE, ...parts].join('\n\n')}\n`).toMatchFileSnapshot(PAGE)
})
