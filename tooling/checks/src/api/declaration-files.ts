import { join, posix } from 'node:path'
import ts from 'typescript'
import { readSource, type SourceText } from '../figures/source-text.js'

/** Where a name leads: to statements of a file of ours, or out of the package. */
export type NameTarget =
  | {
      readonly type: 'declared'
      /** The file, relative to the root. */
      readonly path: string
      /** The name that it has there. */
      readonly name: string
      /** More than one for a function with overloads. */
      readonly statements: readonly ts.Statement[]
    }
  | { readonly type: 'external'; readonly module: string; readonly name: string }

/** A name that a file imports or passes on, and from where. */
interface Passage {
  readonly name: string
  readonly module: string
  /** True when it is passed on as a type, so that no value comes with it. */
  readonly isType: boolean
}

interface FileNames {
  readonly declared: ReadonlyMap<string, readonly ts.Statement[]>
  readonly imported: ReadonlyMap<string, Passage>
  readonly passedOn: ReadonlyMap<string, Passage>
}

/** The built declarations of packages. Names are followed from file to file, as text: every `index` is a list of names. */
export class DeclarationFiles {
  readonly #root: string
  readonly #files = new Map<string, { readonly source: SourceText; readonly names: FileNames }>()

  /** @param root absolute path that all paths are relative to. */
  constructor(root: string) {
    this.#root = root
  }

  /** The parsed file. */
  source(path: string): SourceText {
    return this.#file(path).source
  }

  /** The names that a file exports, sorted. */
  exportsOf(path: string): readonly string[] {
    const { declared, passedOn } = this.#file(path).names
    const own = [...declared].filter(([, statements]) => statements.some(isExported))
    return [...own.map(([name]) => name), ...passedOn.keys()].sort()
  }

  /** Where a name leads that a file exports or uses; null for what no file of ours declares, such as `Promise`. */
  follow(path: string, name: string): NameTarget | null {
    const { declared, imported, passedOn } = this.#file(path).names
    const statements = declared.get(name)
    if (statements !== undefined) return { type: 'declared', path, name, statements }
    const passage = passedOn.get(name) ?? imported.get(name)
    if (passage === undefined) return null
    const { module } = passage
    if (!module.startsWith('.')) return { type: 'external', module, name: passage.name }
    const next = posix.join(posix.dirname(path), module.replace(/\.js$/, '.d.ts'))
    return this.follow(next, passage.name)
  }

  /** True when a file passes a name on as a type, so that a class can't be made and a function not called. */
  isTypeOnly(path: string, name: string): boolean {
    return this.#file(path).names.passedOn.get(name)?.isType === true
  }

  #file(path: string): { readonly source: SourceText; readonly names: FileNames } {
    const known = this.#files.get(path)
    if (known !== undefined) return known
    const source = readSource(this.#root, path)
    const file = { source, names: namesOf(source.tree) }
    this.#files.set(path, file)
    return file
  }
}

/** The path of the declarations of an entry, relative to the root. */
export function declarationsOf(folder: string, types: string): string {
  return join(folder, types).replaceAll('\\', '/')
}

function namesOf(tree: ts.SourceFile): FileNames {
  const declared = new Map<string, ts.Statement[]>()
  const imported = new Map<string, Passage>()
  const passedOn = new Map<string, Passage>()
  for (const statement of tree.statements) {
    for (const name of declaredNames(statement)) {
      declared.set(name, [...(declared.get(name) ?? []), statement])
    }
    for (const [name, passage] of passages(statement)) {
      const names = ts.isImportDeclaration(statement) ? imported : passedOn
      names.set(name, passage)
    }
  }
  return { declared, imported, passedOn }
}

function declaredNames(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText())
  }
  const isNamed =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement)
  return isNamed && statement.name !== undefined ? [statement.name.text] : []
}

function passages(statement: ts.Statement): readonly (readonly [string, Passage])[] {
  const isPassage = ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)
  const from = isPassage ? statement.moduleSpecifier : undefined
  if (!isPassage || from === undefined || !ts.isStringLiteral(from)) return []
  const clause = ts.isImportDeclaration(statement)
    ? statement.importClause?.namedBindings
    : statement.exportClause
  if (clause === undefined || !(ts.isNamedImports(clause) || ts.isNamedExports(clause))) return []
  const isTypeList = ts.isExportDeclaration(statement) && statement.isTypeOnly
  return [...clause.elements].map((one) => {
    const isType = isTypeList || one.isTypeOnly
    return [one.name.text, { name: (one.propertyName ?? one.name).text, module: from.text, isType }]
  })
}

function isExported(statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true
}
