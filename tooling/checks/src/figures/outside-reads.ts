import ts from 'typescript'
import { type Finding, findingAt, nodesOf, type SourceText } from './source-text.js'

// The files whose business it is to touch the outside: production's clock and chance, an app's settings, the emulator's
// running clock, a store's clock or chance when nobody gives it one, what measures real time by its nature, and what
// starts other programs in an environment.
const DOORS = [
  /^packages\/(runtime|client|sink-[^/]+)\/src\/system\.ts$/,
  /^apps\/[^/]+\/src\/config\.ts$/,
  /^packages\/emulator\/src\/http\/start-emulator\.ts$/,
  /^packages\/store-[^/]+\/src\/open-[^/]+-store\.ts$/,
  /^tooling\/bench\//,
  /^tooling\/simulation\/src\/real-time\.ts$/,
  /^tooling\/pack\/src\/command\.ts$/,
]

const READS: ReadonlySet<string> = new Set([
  'Date.now',
  'performance.now',
  'performance.timeOrigin',
  'process.hrtime',
  'process.uptime',
  'Math.random',
  'process.env',
  'import.meta.env',
])

const CHANCE: ReadonlySet<string> = new Set([
  'randomUUID',
  'randomUUIDv7',
  'randomBytes',
  'randomInt',
  'randomFill',
  'randomFillSync',
  'getRandomValues',
])

// What a named import takes along without a dot to be seen by.
const IMPORTED: Readonly<Record<string, ReadonlySet<string>>> = {
  process: new Set(['env', 'hrtime', 'uptime']),
  crypto: CHANCE,
}

const TIMERS: ReadonlySet<string> = new Set(['setTimeout', 'setInterval', 'setImmediate'])

/**
 * Finds reads of the clock, of chance and of the environment outside the few files that are doors to them.
 *
 * Inside core timers count as well, since waiting is an effect that comes in through a port. A function that is only named
 * (`const now = Date.now`) counts like one that is called.
 */
export function outsideReads(source: SourceText): readonly Finding[] {
  if (DOORS.some((door) => door.test(source.path))) return []
  const inCore = source.path.startsWith('packages/core/')
  const found: Finding[] = []
  for (const node of nodesOf(source)) {
    const read = readOf(node) ?? (inCore ? timerOf(node) : null)
    if (read !== null) found.push(findingAt(source, node, 'outside read', read))
  }
  return found
}

function readOf(node: ts.Node): string | null {
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
    return known(dottedName(node))
  }
  if (ts.isNewExpression(node) || ts.isCallExpression(node)) return bareDate(node)
  if (ts.isBindingElement(node)) return takenApart(node)
  if (ts.isImportSpecifier(node)) return imported(node)
  return null
}

function known(name: string | null): string | null {
  if (name === null) return null
  const [owner = '', member = ''] = name.split('.').slice(-2)
  return READS.has(name) || (/crypto$/i.test(owner) && CHANCE.has(member)) ? name : null
}

// A date made from a given instant is a conversion; one made from nothing reads the clock.
function bareDate(node: ts.NewExpression | ts.CallExpression): string | null {
  if (dottedName(node.expression) !== 'Date') return null
  if (ts.isCallExpression(node)) return 'Date()'
  return (node.arguments?.length ?? 0) === 0 ? 'new Date()' : null
}

function takenApart(node: ts.BindingElement): string | null {
  const declaration = node.parent.parent
  if (!ts.isVariableDeclaration(declaration) || declaration.initializer === undefined) return null
  const owner = dottedName(declaration.initializer)
  return owner === null ? null : known(`${owner}.${(node.propertyName ?? node.name).getText()}`)
}

function imported(node: ts.ImportSpecifier): string | null {
  const from = node.parent.parent.parent.moduleSpecifier
  if (!ts.isStringLiteral(from)) return null
  const module = from.text.replace(/^node:/, '')
  const name = (node.propertyName ?? node.name).text
  return IMPORTED[module]?.has(name) ? `${module}.${name}` : null
}

function timerOf(node: ts.Node): string | null {
  if (!ts.isCallExpression(node)) return null
  const name = dottedName(node.expression)
  return name !== null && (TIMERS.has(name) || name === 'AbortSignal.timeout') ? name : null
}

// `globalThis.Date.now`, `Date['now']` and `Date?.now` are all `Date.now`.
function dottedName(node: ts.Expression): string | null {
  if (ts.isIdentifier(node)) return node.text
  if (ts.isMetaProperty(node)) return node.getText()
  const isPath = ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)
  if (!isPath) return null
  const owner = dottedName(node.expression)
  const member = ts.isPropertyAccessExpression(node) ? node.name.text : literalOf(node)
  if (owner === null || member === null) return null
  return owner === 'globalThis' ? member : `${owner}.${member}`
}

function literalOf(node: ts.ElementAccessExpression): string | null {
  return ts.isStringLiteralLike(node.argumentExpression) ? node.argumentExpression.text : null
}
