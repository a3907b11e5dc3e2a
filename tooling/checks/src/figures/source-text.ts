import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** A source file that has been parsed for the measures. */
export interface SourceText {
  /** Path from the root of the workspace. */
  path: string
  /** The file's text. */
  text: string
  /** Its syntax tree, with parents set. */
  tree: ts.SourceFile
}

/** Something at a place of a source file that the bar does not allow. */
export interface Finding {
  /** Path from the root of the workspace. */
  path: string
  /** Line, from 1. */
  line: number
  /** Which measure of the bar it breaks. */
  measure: Measure
  /** What stands there. */
  detail: string
}

/** The measures of the bar that are judged place by place. */
export type Measure =
  | 'file too long'
  | 'function too long'
  | 'undocumented export'
  | 'any or silenced types'
  | 'outside read'
  | 'plain Error'
  | 'export * or default'

/**
 * Reads and parses one source file.
 *
 * @param root absolute path of the workspace.
 * @param path path of the file from the root.
 */
export function readSource(root: string, path: string): SourceText {
  return parseSource(path, readFileSync(join(root, path), 'utf8'))
}

/** Parses source text that is at hand; `path` decides between TypeScript and TSX. */
export function parseSource(path: string, text: string): SourceText {
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) }
}

/** Gives every node of the file, parents before children. */
export function* nodesOf(source: SourceText): Generator<ts.Node> {
  const waiting: ts.Node[] = [source.tree]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node
    const children: ts.Node[] = []
    ts.forEachChild(node, (child) => {
      children.push(child)
    })
    waiting.push(...children.reverse())
  }
}

/** Says on which line a node begins, from 1, doc block not counted. */
export function lineOf(source: SourceText, node: ts.Node): number {
  return source.tree.getLineAndCharacterOfPosition(node.getStart(source.tree)).line + 1
}

/** Makes a finding at a node. */
export function findingAt(
  source: SourceText,
  node: ts.Node,
  measure: Measure,
  detail: string,
): Finding {
  return { path: source.path, line: lineOf(source, node), measure, detail }
}
