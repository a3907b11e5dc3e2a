import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Tarball } from '../contents/tarball.js'

/** A name that an entry of a package gives. */
interface PublicName {
  readonly name: string
  /** True for an interface or a type, which is gone when the program runs. */
  readonly isType: boolean
}

const LIST = /export (type )?\{([^}]*)\}/g

/**
 * Reads the names that an entry gives from its declarations, which are a list of names as every `index.ts` of the house.
 *
 * @param key of `exports`, such as `./memory`.
 */
function publicNames({ folder, manifest }: Tarball, key: string): readonly PublicName[] {
  const types = manifest.exports?.[key]?.types ?? ''
  const text = readFileSync(join(folder, types), 'utf8')
  return [...text.matchAll(LIST)].flatMap(([, isTypeList, list = '']) =>
    list
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== '')
      .map((word) => ({
        name: word.replace(/^type /, '').replace(/^.* as /, ''),
        isType: isTypeList !== undefined || word.startsWith('type '),
      })),
  )
}

/**
 * Writes a program that imports every public name of every package by itself.
 *
 * What needs a test runner around it is only looked at by the compiler.
 */
export function surfaceProgram(tarballs: readonly Tarball[]): string {
  const lines = tarballs.flatMap((tarball, index) => {
    const { name, exports = {}, peerDependencies = {} } = tarball.manifest
    const isForTests = 'vitest' in peerDependencies
    return Object.keys(exports).map((key, place) => {
      const names = publicNames(tarball, key).map(
        (one) =>
          `${one.isType || isForTests ? 'type ' : ''}${one.name} as p${index}_${place}_${one.name}`,
      )
      const type = isForTests ? 'type ' : ''
      const list = names.map((each) => (isForTests ? each.replace(/^type /, '') : each)).join(', ')
      return `import ${type}{ ${list} } from '${name}${key.slice(1)}'`
    })
  })
  return `${lines.join('\n')}\n\nconsole.log('everything was imported')\n`
}
