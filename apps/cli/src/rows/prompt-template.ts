import { nearNames } from '@halfrate/core/intake'
import { listed, quoted, rowFault } from './row-fault.js'

/** Where a template takes a value of the row. */
export interface Placeholder {
  /** Name of the column, without the space around it. */
  readonly name: string
  /** Both from 1. */
  readonly line: number
  readonly column: number
}

/** A prompt with places for the values of a row; `file` is how errors call it. */
export interface PromptTemplate {
  readonly file: string
  readonly parts: readonly (string | Placeholder)[]
}

const MOST_NEAR = 3
const BRACES = /\{{2,}/g

/**
 * Reads a template: `{{column}}` stands for the row's value, `{{{{` for two braces, and everything else for itself.
 *
 * @throws {InvalidInputError} rule `invalid_template`: three braces in a row, which could be read in two ways, a
 * placeholder without an end or a name, or no text.
 */
export function parseTemplate(file: string, text: string): PromptTemplate {
  if (text.trim() === '') throw noPrompt(file)
  const parts: (string | Placeholder)[] = []
  let at = 0
  for (const run of text.matchAll(BRACES)) {
    // A run inside the name of a placeholder was refused with it.
    const count = run[0].length
    const place = placeOf(text, run.index)
    if (count % 2 === 1) throw oddBraces(file, place, count)
    parts.push(text.slice(at, run.index) + '{{'.repeat(Math.floor(count / 4)))
    at = run.index + count
    if (count % 4 === 0) continue
    const end = text.indexOf('}}', at)
    parts.push({ name: nameOf(file, place, text.slice(at, end), end), ...place })
    at = end + 2
  }
  parts.push(text.slice(at))
  return { file, parts: parts.filter((part) => part !== '') }
}

/**
 * Makes sure that a prompt which gets nothing but text takes some of it from the row.
 *
 * @throws {InvalidInputError} rule `invalid_template`: every request would ask the same.
 */
export function needPlaceholder({ file, parts }: PromptTemplate): void {
  if (parts.every((part) => typeof part === 'string')) throw noPlaceholder(file)
}

/**
 * Puts the values of a row into a template. Values are never read as templates themselves.
 *
 * @param valueAt the row's value for a placeholder.
 */
export function fillTemplate(
  template: PromptTemplate,
  valueAt: (placeholder: Placeholder) => string,
): string {
  return template.parts.map((part) => (typeof part === 'string' ? part : valueAt(part))).join('')
}

/**
 * Makes sure that every placeholder names a column.
 *
 * @param source what has the columns, for the error.
 * @throws {InvalidInputError} rule `unknown_column`, with the nearest names and all there are.
 */
export function checkPlaceholders(
  template: PromptTemplate,
  columns: readonly string[],
  source: string,
): void {
  for (const part of template.parts) {
    if (typeof part === 'string' || columns.includes(part.name)) continue
    const near = nearNames(part.name, columns, MOST_NEAR).map(quoted).join(' or ')
    throw rowFault({
      file: template.file,
      line: part.line,
      field: `column ${part.column}`,
      rule: 'unknown_column',
      problem: `expected the name of a column of ${source}, got ${quoted(part.name)}.`,
      hint: `${near === '' ? '' : `Did you mean ${near}? `}${source} has ${listed(columns)}.`,
    })
  }
}

function nameOf(
  file: string,
  place: Readonly<{ line: number; column: number }>,
  text: string,
  end: number,
): string {
  const name = text.trim()
  if (end !== -1 && name !== '' && !/[\n\r]|\{\{/.test(text)) return name
  const isEmpty = end !== -1 && name === ''
  throw rowFault({
    file,
    line: place.line,
    field: `column ${place.column}`,
    rule: 'invalid_template',
    problem: isEmpty
      ? 'expected the name of a column between {{ and }}, got none.'
      : 'expected }} in the same line as its {{, got none.',
    hint: 'Two braces that mean themselves are written {{{{.',
  })
}

function oddBraces(
  file: string,
  { line, column }: Readonly<{ line: number; column: number }>,
  count: number,
): Error {
  return rowFault({
    file,
    line,
    field: `column ${column}`,
    rule: 'invalid_template',
    problem: `expected {{ or {{{{, got ${count} braces in a row, which can be read in two ways.`,
    hint: 'Put a space before {{ where a brace stands in front of it; two braces that mean themselves are written {{{{.',
  })
}

function noPrompt(file: string): Error {
  return rowFault({
    file,
    line: null,
    rule: 'invalid_template',
    problem: 'expected a prompt, got an empty file.',
    hint: 'Write what Claude is asked about a row, with {{column}} where a value goes.',
  })
}

function noPlaceholder(file: string): Error {
  return rowFault({
    file,
    line: null,
    rule: 'invalid_template',
    problem: 'expected at least one {{column}}, got none: every request would ask the same.',
    hint: 'Say where a value goes, such as {{text}}. A PDF or a picture needs none, nor do rows with --attach.',
  })
}

function placeOf(text: string, index: number): { line: number; column: number } {
  const before = text.slice(0, index).split('\n')
  return { line: before.length, column: [...(before.at(-1) ?? '')].length + 1 }
}
