import { styleText } from 'node:util'
import { visibleText } from './visible-text.js'

/** How a piece of text looks on a terminal with colours. */
export type Style = 'dim' | 'bold' | 'green' | 'yellow' | 'red' | 'cyan'

/** A piece of text in one style; plain when it has none. */
export interface Span {
  readonly text: string
  readonly style?: Style
  /** Whether it is broken into lines only where it has no room in one. Default: between any two words. */
  readonly isTogether?: boolean
}

/** One row of a screen. */
export type Line = readonly Span[]

/** Makes a span of any text; control characters in it are made visible. */
export function span(text: string, style?: Style): Span {
  const visible = visibleText(text)
  return style === undefined ? { text: visible } : { text: visible, style }
}

/** A span that is not broken where it has room in one row. */
export function together(text: string, style?: Style): Span {
  return { ...span(text, style), isTogether: true }
}

/** Parts of a list with dots between them; one is broken only where it has no room in one row. */
export function listed(parts: readonly Span[]): Line {
  return parts.flatMap((part, index) => {
    if (index === parts.length - 1) return [together(part.text, part.style)]
    return [together(`${part.text} ·`, part.style), span(' ')]
  })
}

/** The text of a line, without styles. */
export function lineText(line: Line): string {
  return line.map((part) => part.text).join('')
}

/** The line for a terminal, with colours if wanted. */
export function paintLine(line: Line, { colours }: { readonly colours: boolean }): string {
  return line
    .map(({ text, style }) => (colours && style !== undefined ? paint(text, style) : text))
    .join('')
}

function paint(text: string, style: Style): string {
  // Whether colours are wanted was decided already, for the stream that is written to.
  return text === '' ? '' : styleText(style, text, { validateStream: false })
}
