import { type Setting, type SettingName, SUBSCRIPTION_SCOPE } from '@halfrate/core'
import pg from 'pg'
import { escapedText } from '../database/escaped-text.js'
import { stepsUnderWay } from '../delivering/steps-under-way.js'
import type { Session, Step } from '../session.js'

interface SettingRow {
  readonly value: string
  readonly version: number
}

// All by primary key.
const READ = 'SELECT value, version FROM settings WHERE scope = $1 AND name = $2'
const ADD = `INSERT INTO settings (scope, name, value, version, changed_at) VALUES ($1, $2, $3, 1, $4)
  ON CONFLICT DO NOTHING RETURNING value, version`
const CHANGE = `UPDATE settings SET value = $3, version = version + 1, changed_at = $4
  WHERE scope = $1 AND name = $2 AND version = $5 RETURNING value, version`

// Pauses and budgets. What begins a send, or seals, locks its submission before it reads them: once the steps that may have
// read what stood before are over, whoever wrote one may say that nothing begins any more.
const HOLDS_BACK = /^(?:pause|budgets)(?::|$)/

/** Reads a setting in a step. Every call answers a new copy. */
export async function readSetting({ db }: Step, name: SettingName): Promise<Setting | null> {
  return settingOf(await db.get<SettingRow>(READ, escapedText(name.scope), escapedText(name.name)))
}

/** See `UpkeepStore.getSetting`. Read many times in every round, so in one trip. */
export async function getSetting(session: Session, name: SettingName): Promise<Setting | null> {
  const [scope, key] = [name.scope, name.name].map((text) => pg.escapeLiteral(escapedText(text)))
  const sql = `SELECT value, version FROM settings WHERE scope = ${scope} AND name = ${key}`
  return settingOf(await session.database.once<SettingRow>(sql))
}

type PutParams = Readonly<{
  scope: string
  name: string
  value: unknown
  ifVersion: number | null
}>

/** See `UpkeepStore.putSetting`. */
export async function putSetting(session: Session, params: PutParams): Promise<Setting | null> {
  const written = await write(session, params)
  // Whoever is told that results are kept may count on those of a page that is being booked at this moment.
  if (params.scope === SUBSCRIPTION_SCOPE || HOLDS_BACK.test(params.name))
    await stepsUnderWay(session)
  return written
}

function write(session: Session, params: PutParams): Promise<Setting | null> {
  const { scope, name, value, ifVersion } = params
  const json = JSON.stringify(value ?? null)
  return session.write(async ({ db, now }) => {
    const values = [escapedText(scope), escapedText(name), json, now]
    return settingOf(
      ifVersion === null
        ? await db.get<SettingRow>(ADD, ...values)
        : await db.get<SettingRow>(CHANGE, ...values, ifVersion),
    )
  })
}

function settingOf(row: SettingRow | undefined): Setting | null {
  return row === undefined ? null : { value: JSON.parse(row.value), version: row.version }
}
