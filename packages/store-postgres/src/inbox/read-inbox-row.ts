import { HalfrateError, type IntakeRow, InvalidInputError } from '@halfrate/core'
import {
  type InputLine,
  type IntakeRowMaker,
  readInputLine,
  sliceMembers,
} from '@halfrate/core/intake'

/** A row of the inbox, as it was inserted. */
export interface InboxRow {
  readonly id: number
  readonly project: string
  readonly account: string
  readonly queue: string
  readonly key: string
  readonly params: string
  /** Epoch milliseconds; infinite for PostgreSQL's infinities. */
  readonly deadline_ms: number | null
  readonly labels: string | null
}

const encoder = new TextEncoder()
// 9999-12-31T23:59:59.999Z, the last instant that the format of a line can write.
const LATEST_AT = 253_402_300_799_999

/**
 * The request that a row asks for, after the same checks as for a line of a file.
 *
 * @throws {InvalidInputError} when it can't be taken.
 */
export function readInboxRow(row: InboxRow, maker: IntakeRowMaker): IntakeRow {
  for (const name of ['project', 'account', 'queue'] as const) checkName(name, row[name])
  checkParams(row.params)
  const members = [
    `"key":${JSON.stringify(row.key)}`,
    `"params":${row.params}`,
    ...(row.labels === null ? [] : [`"labels":${labelsText(row.labels)}`]),
    ...(row.deadline_ms === null ? [] : [`"deadline_at":"${instantText(row.deadline_ms)}"`]),
  ]
  const line = readInputLine(encoder.encode(`{${members.join(',')}}`)) as InputLine
  return maker.toIntakeRow(line)
}

// Alone: what follows its end could be taken for other members of the line.
function checkParams(params: string): void {
  const bytes = encoder.encode(`{"params":${params}}`)
  const place = { file: null, line: null }
  const members = sliceMembers(bytes, 0, bytes.length, { open: 'params', place })
  if (members.length !== 1) throw refusal('params', 'expected one JSON object, got more than that')
}

function labelsText(labels: string): string {
  try {
    return JSON.stringify(JSON.parse(labels))
  } catch {
    throw refusal('labels', `expected JSON like {"team": "claims"}, got ${shown(labels)}`)
  }
}

function instantText(ms: number): string {
  if (ms >= 0 && ms <= LATEST_AT) return new Date(ms).toISOString()
  throw refusal('deadline_at', 'expected an instant from 1970 to 9999, got one outside')
}

const NAME = /^[A-Za-z0-9_.-]{1,64}$/

function checkName(column: string, value: string): void {
  if (NAME.test(value)) return
  throw refusal(column, `expected 1 to 64 of A-Z a-z 0-9 _ . -, got ${shown(value)}`)
}

/** Makes the error for a column of a row. */
export function refusal(field: string, problem: string): InvalidInputError {
  return new InvalidInputError({
    place: { file: null, line: null, field },
    rule: 'invalid_inbox_row',
    problem: `${problem}.`,
    nextStep: 'Nothing was sent. Fix the request, then enqueue it again.',
  })
}

const MOST_SHOWN = 40
const MOST_TOLD = 2_000

/** A stranger's text as part of an error: short, and with what can't be seen written out. */
export function shown(text: string): string {
  const cut = text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text
  return JSON.stringify(cut).replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )
}

/** What to write into a row that can't be taken: what was expected, what came, what to do. */
export function errorText(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error)
  const next = error instanceof HalfrateError ? error.nextStep : 'Nothing was sent.'
  const how = 'Here that means: UPDATE the row and set its error to NULL, or DELETE it.'
  const text = said.slice(0, MOST_TOLD).replace(/\0|\p{Surrogate}/gu, '\ufffd')
  return `${text} ${next} ${how}`
}
