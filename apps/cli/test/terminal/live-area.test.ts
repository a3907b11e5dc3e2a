import { describe, expect, test } from 'vitest'
import { span } from '../../src/screen/line.js'
import { LiveArea } from '../../src/terminal/live-area.js'
import { screenOf } from '../support/virtual-terminal.js'

class Recorder {
  text = ''
  columns = 80
  rows = 24

  write(text: string): void {
    this.text += text
  }
}

const shown = ({ text, columns }: Recorder): readonly string[] =>
  screenOf(text, columns).filter((row) => row !== '')

describe('a live area', () => {
  test('draws over what it drew, also when there are fewer rows', () => {
    const terminal = new Recorder()
    const area = new LiveArea(terminal, false)
    area.draw([[span('one')], [span('two')], [span('three')]])
    area.draw([[span('four')], [span('five')]])
    expect(shown(terminal)).toEqual(['four', 'five'])
  })

  test('lets lines stand above it', () => {
    const terminal = new Recorder()
    const area = new LiveArea(terminal, false)
    area.draw([[span('bar')]])
    area.print([[span('notice')]])
    area.draw([[span('longer bar')]])
    expect(shown(terminal)).toEqual(['notice', 'longer bar'])
  })

  test('writes nothing when nothing changed', () => {
    const terminal = new Recorder()
    const area = new LiveArea(terminal, false)
    area.draw([[span('bar')]])
    const { length } = terminal.text
    area.draw([[span('bar')]])
    expect(terminal.text).toHaveLength(length)
  })

  test.each(['x'.repeat(61), 'x'.repeat(60), 'x'.repeat(180), '請'.repeat(45)])(
    'counts the rows that a long one takes, and draws over all of them (%s)',
    (long) => {
      const terminal = new Recorder()
      terminal.columns = 60
      const area = new LiveArea(terminal, false)
      area.draw([[span('first')], [span(long)], [span('last')]])
      expect(shown(terminal).join('')).toBe(`first${long}last`)
      area.print([[span('notice')]])
      area.draw([[span('first')], [span('short')], [span(`${long}!`)], [span('last')]])
      expect(shown(terminal).join('')).toBe(`noticefirstshort${long}!last`)
      area.draw([[span('end')]])
      expect(shown(terminal)).toEqual(['notice', 'end'])
    },
  )

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
