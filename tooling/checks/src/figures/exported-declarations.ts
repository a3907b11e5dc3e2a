import ts from 'typescript'
import { lineOf, type SourceText } from './source-text.js'

/** A declaration at the top of a file that other files can import. */
export interface ExportedDeclaration {
  /** Its name, or names for `const a = …, b = …`. */
  name: string
  /** The line it begins on, from 1. */
  line: number
  /** True when a doc block with words in it stands right above. */
  isDocumented: boolean
}

/**
 * Lists what a file declares and exports, with or without a doc block.
 *
 * Names passed on from another file (`export { x } from`) are not listed: they are documented where they are declared.
 * The overloads of a function count as one, documented when one of them is.
 */
export function exportedDeclarations(source: SourceText): readonly ExportedDeclaration[] {
  const listed = namesInExportLists(source.tree)
  const found: ExportedDeclaration[] = []
  for (const statement of source.tree.statements) {
    const names = namesDeclared(statement)
    if (names.length === 0) continue
    if (!hasExport(statement) && !names.some((name) => listed.has(name))) continue
    const name = names.join(', ')
    const isDocumented = hasDocBlock(source, statement)
    const overloaded = ts.isFunctionDeclaration(statement)
      ? found.findIndex((other) => other.name === name)
      : -1
    if (overloaded === -1) found.push({ name, line: lineOf(source, statement), isDocumented })
    else if (isDocumented)
      found[overloaded] = { name, line: lineOf(source, statement), isDocumented }
  }
  return found
}

function namesInExportLists(tree: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>()
  for (const statement of tree.statements) {
    if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier !== undefined) continue
    if (statement.exportClause === undefined || !ts.isNamedExports(statement.exportClause)) continue
    for (const one of statement.exportClause.elements) {
      names.add((one.propertyName ?? one.name).text)
    }
  }
  return names
}

function namesDeclared(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map((one) => one.name.getText())
  }
  const isNamed =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isEnumDeclaration(statement) ||
    ts.isModuleDeclaration(statement)
  return isNamed ? [statement.name?.getText() ?? 'default'] : []
}

function hasExport(statement: ts.Statement): boolean {
  if (!ts.canHaveModifiers(statement)) return false
  return (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
}

function hasDocBlock(source: SourceText, statement: ts.Statement): boolean {
  const comments = ts.getLeadingCommentRanges(source.text, statement.getFullStart()) ?? []
  const last = comments.at(-1)
  if (last === undefined) return false
  return /^\/\*\*[^/][\s\S]*\w/.test(source.text.slice(last.pos, last.end))
}
