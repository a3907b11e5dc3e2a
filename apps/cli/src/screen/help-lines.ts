import { flow } from './flow.js'
import { lineText, span } from './line.js'
import { widthOf } from './text-width.js'

// Help is written in lines of about a hundred characters. One after which the next word had no room goes on in the next.
const WRITTEN_WIDTH = 96
// Less room than this for a description, and it stands below what it describes.
const LEAST_ROOM = 30
const BELOW = 6

// `  -o, --output <file>       where the answers go`
const DESCRIBED = /^( +\S(?:.*?\S)?)( {2,})(\S.*)$/
// `  halfrate run requests.jsonl -o results.jsonl --yes        from a script`
const EXAMPLE = /^( {2}(?=[^ -])(?:(?! {3}).)*\bhalfrate .*?)(?: {3,}(\S.*))?$/

/**
 * Help as it fits into a width: descriptions hang below their beginning, prose flows anew, and a command of an example
 * stays in one line, however long it is.
 */
export function helpLines(text: string, width: number): readonly string[] {
  return paragraphsOf(text.split('\n')).flatMap(({ line, hang }) => {
    if (widthOf(line) <= width) return [line]
    const isExample = !line.endsWith('.') && !line.includes('[options]')
    const example = isExample ? EXAMPLE.exec(line) : null
    if (example !== null) return exampleLines(example[1] ?? '', example[2], width)
    const described = DESCRIBED.exec(line)
    if (described !== null) {
      const [, term = '', gap = '', description = ''] = described
      return describedLines({ term, gap, description }, width)
    }
    return fitted(line.trimStart(), { width, indent: indentOf(line), hang })
  })
}

interface Paragraph {
  readonly line: string
  /** Columns before the lines that it is broken into, the first left out. */
  readonly hang: number
}

// A line that is full goes on in the next one, unless a sentence or a heading ended with it.
function paragraphsOf(lines: readonly string[]): readonly Paragraph[] {
  const joined: Paragraph[] = []
  let last = ''
  for (const line of lines) {
    const [word = ''] = line.trimStart().split(' ')
    const isFull = widthOf(last) + 1 + widthOf(word) > WRITTEN_WIDTH
    const isGoingOn = isFull && word !== '' && !/[.:]$| {3}|^ {2}\S/.test(last)
    const before = isGoingOn ? joined.pop() : undefined
    const text = before === undefined ? line : `${before.line} ${line.trimStart()}`
    joined.push({ line: text, hang: indentOf(line) })
    last = line
  }
  return joined
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length
}

function exampleLines(
  command: string,
  comment: string | undefined,
  width: number,
): readonly string[] {
  if (comment === undefined) return [command]
  return [command, ...fitted(comment, { width, indent: BELOW })]
}

function describedLines(
  { term, gap, description }: Readonly<Record<'term' | 'gap' | 'description', string>>,
  width: number,
): readonly string[] {
  // A remark in brackets, which describes nothing.
  if (description.startsWith('('))
    return [
      ...fitted(term.trimStart(), { width, indent: indentOf(term) }),
      `${' '.repeat(indentOf(term))}${description}`,
    ]
  const column = widthOf(term) + gap.length
  if (width - column < LEAST_ROOM) return [term, ...fitted(description, { width, indent: BELOW })]
  const [first = '', ...others] = fitted(description, { width, indent: column })
  return [`${term}${gap}${first.trimStart()}`, ...others]
}

function fitted(
  text: string,
  room: { readonly width: number; readonly indent: number; readonly hang?: number },
): readonly string[] {
  return flow([[span(text)]], room).map(lineText)
}
