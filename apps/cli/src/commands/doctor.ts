import { stat } from 'node:fs/promises'
import { type Halfrate, isPostgresUrl } from '@halfrate/runtime'
import { readEnvironment } from '../config.js'
import {
  budgetsFindings,
  configFinding,
  queuesFindings,
  settingsObject,
} from '../doctor/config-finding.js'
import type { Finding } from '../doctor/finding.js'
import { ok } from '../doctor/finding.js'
import { pricesFindings } from '../doctor/prices-findings.js'
import { keyFinding, problemOf, providerFindings } from '../doctor/provider-findings.js'
import { diskFinding, storeFindings, workFindings } from '../doctor/store-findings.js'
import { EXIT } from '../exit-code.js'
import {
  openExistingStore,
  openStore,
  type Place,
  placeOf,
  type StoreFlags,
} from '../run/store-options.js'
import { doctorScreen } from '../screen/doctor-screen.js'
import type { ConfigFile } from '../settings/config-file.js'
import { printLines } from '../terminal/print-lines.js'

/** Flags of `doctor`. */
export interface DoctorFlags extends StoreFlags {
  readonly integrity?: boolean | undefined
  readonly json?: boolean | undefined
}

/** Looks at all that the work needs, changes nothing, and says what to do. Exit 1 when something stops the work. */
export async function doctor(flags: DoctorFlags): Promise<number> {
  const place = placeOf(flags)
  const isThorough = flags.integrity === true
  const key = keyFinding(place.apiKey, place.baseUrl)
  const { settings } = flags
  const looking = { isThorough, hasKey: key.state === 'ok', file: settings?.file ?? null }
  const prices = await pricesFindings(place.prices)
  // Nothing is priced here, so a price file that can't be used is one finding and hides no other.
  const rest = await lookFrom({ ...place, prices: null }, looking)
  const findings = [configFinding(settings), ...prices, key, ...rest]
  const exitCode = findings.some(({ state }) => state === 'problem')
    ? EXIT.couldNotWork
    : EXIT.usable
  if (flags.json === true) {
    const told = { findings, settings: settingsObject(settings), exit_code: exitCode }
    process.stdout.write(`${JSON.stringify({ type: 'doctor', ...told })}\n`)
    return exitCode
  }
  const { noColour } = readEnvironment()
  printLines(process.stdout, (width) => doctorScreen(findings, width), { colours: !noColour })
  return exitCode
}

interface Looking {
  readonly isThorough: boolean
  readonly hasKey: boolean
  readonly file: ConfigFile | null
}

async function lookFrom(place: Place, looking: Looking): Promise<readonly Finding[]> {
  if (await isThere(place.store)) return await lookWithStore(place, looking)
  // What the provider says is compared with a store, so one is made that ends with this process.
  await using half = await openStore({ ...place, store: ':memory:' })
  return [
    ...(await askProvider(half, looking)),
    ok(
      'store',
      `none at ${place.store} yet; its first rows make it (halfrate run, halfrate enqueue)`,
    ),
    await diskFinding(place.store),
  ]
}

async function lookWithStore(place: Place, looking: Looking): Promise<readonly Finding[]> {
  const disk = isPostgresUrl(place.store) ? [] : [await diskFinding(place.store)]
  const opened = await openExistingStore(place).catch((error: unknown) => problemOf('store', error))
  if ('state' in opened) return [opened, ...disk]
  await using half = opened
  return [
    ...(await askProvider(half, looking)),
    ...(await storeFindings(half, { place, isThorough: looking.isThorough })),
    ...disk,
    ...(await queuesFindings(half, place, looking.file)),
    ...(await budgetsFindings(half, place, looking.file)),
    ...(await workFindings(half, place)),
  ]
}

async function askProvider(half: Halfrate, { hasKey }: Looking): Promise<readonly Finding[]> {
  return hasKey ? await providerFindings(half) : []
}

async function isThere(store: string): Promise<boolean> {
  if (isPostgresUrl(store)) return true
  return (await stat(store).catch(() => null)) !== null
}
