import ts from 'typescript'
import { lineOf, nodesOf, type SourceText } from './source-text.js'

/** The length of one function. */
export interface FunctionLength {
  /** What it is called, or `(anonymous)`. */
  name: string
  /** The line it begins on, from 1. */
  line: number
  /** Lines from its first word to its closing brace, functions inside it included. */
  lineCount: number
}

/**
 * Measures every function, method and accessor of a file.
 *
 * An arrow that is one expression on one line is not counted: hundreds of `(x) => x.id` would hide how long the others are.
 */
export function functionLengths(source: SourceText): readonly FunctionLength[] {
  const lengths: FunctionLength[] = []
  for (const node of nodesOf(source)) {
    if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) continue
    const line = lineOf(source, node)
    const lineCount = source.tree.getLineAndCharacterOfPosition(node.getEnd()).line + 2 - line
    if (lineCount === 1 && !ts.isBlock(node.body as ts.Node)) continue
    lengths.push({ name: nameOf(node), line, lineCount })
  }
  return lengths
}

function nameOf(node: ts.SignatureDeclaration): string {
  if (ts.isConstructorDeclaration(node)) return 'constructor'
  if (node.name !== undefined) return node.name.getText()
  const { parent } = node
  const isValueOfName =
    ts.isVariableDeclaration(parent) ||
    ts.isPropertyAssignment(parent) ||
    ts.isPropertyDeclaration(parent)
  if (isValueOfName) return parent.name.getText()
  return '(anonymous)'
}
