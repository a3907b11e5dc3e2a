import ts from 'typescript'
import type { WorkspacePackage } from '../workspace.js'
import { type DeclarationFiles, declarationsOf, type NameTarget } from './declaration-files.js'

const PRINTER = ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.LineFeed })

type Declared = Extract<NameTarget, { type: 'declared' }>

/**
 * Writes what a package exports as a page: each entry with the declarations of its names, without their doc blocks, and
 * then the declarations that are not exported but reached from there, for a change of those is a change too.
 *
 * Names of other packages are named and not shown: they have a page of their own.
 */
export function apiReport(files: DeclarationFiles, published: WorkspacePackage): string {
  const seen = new Map<string, Declared>()
  const entries = Object.entries(published.declarations).map(([name, types]) => {
    const texts = entryTexts(files, declarationsOf(published.folder, types), seen)
    return `## \`${name}\`\n\n${block(texts)}`
  })
  const reached = reachedFrom(files, seen)
  const rest = reached.map((target) => printed(files, target))
  return [
    `# What \`${published.name}\` exports`,
    INTRO,
    ...entries,
    ...(rest.length === 0 ? [] : [`## Not exported, and reached from there\n\n${block(rest)}`]),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n')
}

const INTRO =
  'The built declarations without their doc blocks. A line that changes here changes what users compile against. `npm run api`\nwrites this page, and `npm run check` fails while it is stale.'

function block(texts: readonly string[]): string {
  return `\`\`\`ts\n${texts.join('\n\n')}\n\`\`\``
}

function entryTexts(
  files: DeclarationFiles,
  path: string,
  seen: Map<string, Declared>,
): readonly string[] {
  const external = new Map<string, string[]>()
  const texts: string[] = []
  for (const name of files.exportsOf(path)) {
    const target = files.follow(path, name)
    if (target?.type === 'external') {
      const word = files.isTypeOnly(path, name) ? `type ${name}` : name
      external.set(target.module, [...(external.get(target.module) ?? []), word])
    } else if (target !== null) {
      seen.set(idOf(target), target)
      const isTypeOfValue = files.isTypeOnly(path, name) && target.statements.some(hasValue)
      const notes = [
        ...(isTypeOfValue ? ['// as a type only'] : []),
        ...(target.name === name ? [] : [`// as ${name}`]),
      ]
      texts.push([...notes, printed(files, target)].join('\n'))
    }
  }
  const passed = [...external].map(
    ([module, names]) => `export { ${names.join(', ')} } from '${module}'`,
  )
  return [...passed.sort(), ...texts]
}

// Everything of ours that the declarations name, and what those name, sorted by name.
function reachedFrom(
  files: DeclarationFiles,
  exported: ReadonlyMap<string, Declared>,
): readonly Declared[] {
  const reached = new Map<string, Declared>()
  const waiting = [...exported.values()]
  for (let target = waiting.pop(); target !== undefined; target = waiting.pop()) {
    for (const name of target.statements.flatMap(namesIn)) {
      const found = files.follow(target.path, name)
      if (found?.type !== 'declared') continue
      if (exported.has(idOf(found)) || reached.has(idOf(found))) continue
      reached.set(idOf(found), found)
      waiting.push(found)
    }
  }
  return [...reached.values()].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1))
}

function namesIn(statement: ts.Statement): readonly string[] {
  const names = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isTypeReferenceNode(node)) names.add(leftmost(node.typeName))
    if (ts.isTypeQueryNode(node)) names.add(leftmost(node.exprName))
    if (ts.isExpressionWithTypeArguments(node)) names.add(node.expression.getText())
    ts.forEachChild(node, visit)
  }
  visit(statement)
  return [...names]
}

function hasValue(statement: ts.Statement): boolean {
  return !ts.isInterfaceDeclaration(statement) && !ts.isTypeAliasDeclaration(statement)
}

function leftmost(name: ts.EntityName): string {
  return ts.isIdentifier(name) ? name.text : leftmost(name.left)
}

function printed(files: DeclarationFiles, { path, statements }: Declared): string {
  const { tree } = files.source(path)
  return statements
    .map((statement) => PRINTER.printNode(ts.EmitHint.Unspecified, statement, tree))
    .join('\n')
}

function idOf({ name, path }: Declared): string {
  return `${name} ${path}`
}
