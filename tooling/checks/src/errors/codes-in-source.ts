import ts from 'typescript'
import { nodesOf, type SourceText } from '../figures/source-text.js'

// A union of texts whose name ends so holds codes that programs branch on.
const HOLDS_CODES = /(Code|Rule)$/

/**
 * Collects every stable code of published sources: the texts of the unions that are called `…Code` or `…Rule`, and what
 * is given as the `rule` of an error.
 */
export function codesInSource(sources: readonly SourceText[]): ReadonlySet<string> {
  const aliases = new Map<string, ts.TypeNode>()
  const codes = new Set<string>()
  for (const node of sources.flatMap((source) => [...nodesOf(source)])) {
    if (ts.isTypeAliasDeclaration(node)) aliases.set(node.name.text, node.type)
    const rule = ruleOf(node)
    if (rule !== null) codes.add(rule)
  }
  for (const [name, type] of aliases) {
    if (!HOLDS_CODES.test(name)) continue
    for (const code of textsOf(type, aliases)) codes.add(code)
  }
  return codes
}

/** Collects the classes of errors that sources export: those whose ancestors are one of the families given. */
export function errorClasses(
  sources: readonly SourceText[],
  families: readonly string[],
): ReadonlySet<string> {
  const parents = new Map<string, string>()
  for (const node of sources.flatMap((source) => [...nodesOf(source)])) {
    if (!ts.isClassDeclaration(node) || node.name === undefined) continue
    const isExported = node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
    const parent = node.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)
      ?.types[0]?.expression
    if (isExported === true) parents.set(node.name.text, parent?.getText() ?? '')
  }
  const isOfFamily = (name: string): boolean =>
    families.includes(name) || (parents.has(name) && isOfFamily(parents.get(name) ?? ''))
  return new Set([...parents.keys()].filter(isOfFamily))
}

function ruleOf(node: ts.Node): string | null {
  if (!ts.isPropertyAssignment(node) || node.name.getText() !== 'rule') return null
  return ts.isStringLiteral(node.initializer) ? node.initializer.text : null
}

function textsOf(type: ts.TypeNode, aliases: ReadonlyMap<string, ts.TypeNode>): readonly string[] {
  if (ts.isUnionTypeNode(type)) return type.types.flatMap((one) => textsOf(one, aliases))
  if (ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal)) return [type.literal.text]
  const named = ts.isTypeReferenceNode(type) ? aliases.get(type.typeName.getText()) : undefined
  return named === undefined ? [] : textsOf(named, aliases)
}
