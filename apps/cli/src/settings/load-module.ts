import { registerHooks } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { configFault, shownValue } from './config-fault.js'

const ES_MODULE =
  'It is an ES module: export default { … }, and import in place of require. Nothing was changed or sent.'
const OWN_FOLDER = dirname(import.meta.dirname)

/**
 * Runs a config file that is a module, and answers its default export. Types are left out, as Node does it.
 *
 * Whatever a package.json beside it says of modules, it is one; and it may import `halfrate` also where that is not
 * installed, as with `npx`: then it gets the one that runs.
 *
 * @throws {ConfigError} with the line where it can be told, when it can't be read as a module, throws, or exports nothing.
 */
export async function loadModule(path: string, name: string): Promise<unknown> {
  const url = pathToFileURL(path).href
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const isOwn = specifier === 'halfrate' && context.parentURL === url
      if (isOwn) return { url: new URL('../index.js', import.meta.url).href, shortCircuit: true }
      if (specifier !== url) return next(specifier, context)
      return { url, format: formatOf(path), shortCircuit: true }
    },
  })
  try {
    const exported = (await import(url)) as Readonly<Record<string, unknown>>
    if (exported.default !== undefined) return exported.default
  } catch (error) {
    throw moduleFault(name, url, error)
  } finally {
    hooks.deregister()
  }
  throw configFault(name, 'expected a default export, got none.', {
    nextStep: ES_MODULE,
  })
}

// Also what has no types is read by the reader of types where there is one: it alone says in which line a fault is.
function formatOf(path: string): string {
  const hasTypes = path.endsWith('ts')
  return hasTypes || process.features.typescript !== false ? 'module-typescript' : 'module'
}

function moduleFault(name: string, url: string, error: unknown): Error {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const place = placeOf(name, url, error)
  const message = error instanceof Error ? error.message : shownValue(error)
  switch (code) {
    case 'ERR_NO_TYPESCRIPT':
      return configFault(name, `this Node (${process.version}) was built without TypeScript.`, {
        nextStep: 'Write it as halfrate.config.json, or take Node from https://nodejs.org.',
        cause: error,
      })
    case 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX':
      return configFault(place, `${message}.`, {
        nextStep:
          'Node only leaves types out: write it without enums, namespaces and parameter properties. Nothing was sent.',
        cause: error,
      })
    case 'ERR_INVALID_TYPESCRIPT_SYNTAX':
      return configFault(place, `it can't be read: ${message}.`, { cause: error })
    default:
      return configFault(place, `it can't be run: ${message}`, {
        ...(message.includes('in ES module scope') ? { nextStep: ES_MODULE } : {}),
        cause: error,
      })
  }
}

// Of a fault in the text the first line of the stack is the place; of one that was thrown, the first frame in this file.
function placeOf(name: string, url: string, error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const found = [...stack.matchAll(/(file:\/\/[^\s()]+?):(\d+)/g)]
  const [, file = url, line] = found.find(([, each]) => each === url) ?? found.find(isTheirs) ?? []
  if (line === undefined) return name
  return file === url ? `${name}:${line}` : `${fileURLToPath(file)}:${line}`
}

function isTheirs([, url = '']: readonly (string | undefined)[]): boolean {
  return !fileURLToPath(url).startsWith(OWN_FOLDER)
}
