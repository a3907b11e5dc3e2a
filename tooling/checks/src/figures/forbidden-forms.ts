import ts from 'typescript'
import { type Finding, findingAt, nodesOf, type SourceText } from './source-text.js'

// A directive counts only where the compiler obeys it, at the start of a comment.
const SILENCED_TYPES = /(?:\/\/+|\/\*+|^\s*\*)\s*(@ts-(?:ignore|expect-error|nocheck))\b/

/** Finds the forms that the bar does not allow at all: `any`, silenced types, plain errors, `export *`, default exports. */
export function forbiddenForms(source: SourceText): readonly Finding[] {
  const found: Finding[] = []
  for (const node of nodesOf(source)) {
    const form = formOf(node)
    if (form !== null) found.push(findingAt(source, node, form.measure, form.detail))
  }
  return [...found, ...silencedTypes(source)]
}

function formOf(node: ts.Node): Pick<Finding, 'measure' | 'detail'> | null {
  if (node.kind === ts.SyntaxKind.AnyKeyword) {
    return { measure: 'any or silenced types', detail: 'any' }
  }
  if (ts.isThrowStatement(node) && isPlainError(node.expression)) {
    return { measure: 'plain Error', detail: 'throw new Error(…); use the error family' }
  }
  if (ts.isExportDeclaration(node) && !isNamedExport(node)) {
    return { measure: 'export * or default', detail: 'export *; name what is exported' }
  }
  if (isDefaultExport(node)) return { measure: 'export * or default', detail: 'default export' }
  return null
}

function isPlainError(thrown: ts.Expression): boolean {
  const isMade = ts.isNewExpression(thrown) || ts.isCallExpression(thrown)
  return isMade && thrown.expression.getText() === 'Error'
}

function isNamedExport(node: ts.ExportDeclaration): boolean {
  return node.exportClause !== undefined && ts.isNamedExports(node.exportClause)
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true
  if (ts.isExportSpecifier(node)) return node.name.text === 'default'
  return (
    node.kind === ts.SyntaxKind.DefaultKeyword &&
    ts.canHaveModifiers(node.parent) &&
    !ts.isDefaultClause(node.parent)
  )
}

function silencedTypes(source: SourceText): readonly Finding[] {
  return source.text.split('\n').flatMap((text, index) => {
    const directive = SILENCED_TYPES.exec(text)?.[1]
    if (directive === undefined) return []
    const measure = 'any or silenced types'
    return [{ path: source.path, line: index + 1, measure, detail: directive }]
  })
}
