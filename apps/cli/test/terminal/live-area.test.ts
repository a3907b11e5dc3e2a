import { describe, expect, test } from 'vitest'
import { span } from '../../src/screen/line.js'
import { LiveArea } from '../../src/terminal/live-area.js'

class Recorder {
  text = ''
  columns = 80
  rows = 24

  write(text: string): void {
    this.text += text
  }
}

// A terminal that knows what the area uses: newline, up, erase to the end of the line, erase below.
function screenOf(text: string): readonly string[] {
  const rows: string[] = ['']
  let row = 0
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one.
  for (const [part] of text.matchAll(/\x1b\[\??\d*[A-Za-z]|\r|\n|[^\x1b\r\n]+/g)) {
    if (part === '\n') row += 1
    else if (part.endsWith('A') && part.startsWith('\x1b')) row -= Number(part.slice(2, -1))
    else if (part === '\x1b[J') rows.length = Math.min(rows.length, row)
    else if (!part.startsWith('\x1b') && part !== '\r') rows[row] = part
    else if (part === '\x1b[K') rows[row] ??= ''
  }
  return rows.filter((line) => line !== undefined && line !== '')
}

describe('a live area', () => {
  test('draws over what it drew, also when there are fewer rows', () => {
    const terminal = new Recorder()
    const area = new LiveArea(terminal, false)
    area.draw([[span('one')], [span('two')], [span('three')]])
    area.draw([[span('four')], [span('five')]])
    expect(screenOf(terminal.text)).toEqual(['four', 'five'])
  })

  test('lets lines stand above it', () => {
    const terminal = new Recorder()
    const area = new LiveArea(terminal, false)
    area.draw([[span('bar')]])
    area.print([[span('notice')]])
    area.draw([[span('longer bar')]])
    expect(screenOf(terminal.text)).toEqual(['notice', 'longer bar'])
  })

  test('writes nothing when nothing changed', () => {
    const terminal = new Recorder()
    const area = new LiveArea(terminal, false)
    area.draw([[span('bar')]])
    const { length } = terminal.text
    area.draw([[span('bar')]])
    expect(terminal.text).toHaveLength(length)
  })

  test('cuts rows off before the last column, so that none wraps', () => {
    const terminal = new Recorder()
    terminal.columns = 60
    new LiveArea(terminal, false).draw([[span('x'.repeat(200))]])
    expect(screenOf(terminal.text)).toEqual([`${'x'.repeat(58)}…`])
  })

  test('uses colours only when they are wanted', () => {
    const plain = new Recorder()
    const coloured = new Recorder()
    new LiveArea(plain, false).draw([[span('x', 'green')]])
    new LiveArea(coloured, true).draw([[span('x', 'green')]])
    expect(plain.text).not.toContain('\x1b[32m')
    expect(coloured.text).toContain('\x1b[32mx\x1b[39m')
  })

  test('gives the cursor back', () => {
    const terminal = new Recorder()
    const area = new LiveArea(terminal, false)
    area.draw([[span('bar')]])
    area.end()
    expect(terminal.text.endsWith('\x1b[?25h')).toBe(true)
  })
})
