import { styleText } from 'node:util'
import { visibleText } from './visible-text.js'

/** How a piece of text looks on a terminal with colours. */
export type Style = 'dim' | 'bold' | 'green' | 'yellow' | 'red' | 'cyan'

/** A piece of text in one style; plain when it has none. */
export interface Span {
  readonly text: string
  readonly style?: Style
}

/** One row of a screen. */
export type Line = readonly Span[]

/** Makes a span of any text; control characters in it are made visible. */
export function span(text: string, style?: Style): Span {
  const visible = visibleText(text)
  return style === undefined ? { text: visible } : { text: visible, style }
}

/** The text of a line, without styles. */
export function lineText(line: Line): string {
  return line.map((part) => part.text).join('')
}

/** Columns that a text takes; wide characters take two. */
export function widthOf(text: string): number {
  let width = 0
  for (const char of text) width += columnsOf(char.codePointAt(0) ?? 0)
  return width
}

/** The line for a terminal: with colours if wanted, cut off before `width` columns. */
export function paintLine(line: Line, params: { width: number; colours: boolean }): string {
  let left = params.width
  let painted = ''
  for (const part of line) {
    const text = clip(part.text, left)
    left -= widthOf(text)
    painted += params.colours && part.style !== undefined ? paint(text, part.style) : text
  }
  return painted
}

/** A text that takes at most `width` columns; what was cut off is shown as an ellipsis. */
export function clip(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let kept = ''
  let left = width - 1
  for (const char of text) {
    left -= columnsOf(char.codePointAt(0) ?? 0)
    if (left < 0) break
    kept += char
  }
  return width < 1 ? '' : `${kept}…`
}

function paint(text: string, style: Style): string {
  // Whether colours are wanted was decided already, for the stream that is written to.
  return text === '' ? '' : styleText(style, text, { validateStream: false })
}

function columnsOf(point: number): number {
  if (
    point === 0x200d ||
    (point >= 0x300 && point <= 0x36f) ||
    (point >= 0xfe00 && point <= 0xfe0f)
  ) {
    return 0
  }
  const isWide =
    (point >= 0x1100 && point <= 0x115f) ||
    (point >= 0x2e80 && point <= 0xa4cf) ||
    (point >= 0xac00 && point <= 0xd7a3) ||
    (point >= 0xf900 && point <= 0xfaff) ||
    (point >= 0xfe30 && point <= 0xfe6f) ||
    (point >= 0xff00 && point <= 0xff60) ||
    (point >= 0xffe0 && point <= 0xffe6) ||
    (point >= 0x1f300 && point <= 0x1faff) ||
    (point >= 0x20000 && point <= 0x3fffd)
  return isWide ? 2 : 1
}
