import { createHash } from 'node:crypto'
import { type Dirent, existsSync } from 'node:fs'
import { readdir, readFile, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** A document that a dependency brought along. */
export interface FoundDocument {
  /** Package, version and file: `zod@4.6.7/README.md`. Unique. */
  readonly key: string
  readonly text: string
}

// Longer ones are cut, as one would cut them for a summary.
const MOST_BYTES = 100_000

const FOLDERS = new Set(['node_modules', 'dist', 'test', 'tests'])
const DEEPEST = 3

/**
 * Reads the READMEs and other Markdown documents of the installed dependencies, each text once.
 *
 * Looks upward from a folder for `node_modules`, and follows pnpm's own folder inside it. Ordered by key.
 */
export async function collectDocuments(from: string): Promise<readonly FoundDocument[]> {
  const seen = new Set<string>()
  const documents = new Map<string, FoundDocument>()
  for (const folder of await packageFolders(from)) {
    for (const document of await documentsOf(folder)) {
      const digest = createHash('sha256').update(document.text).digest('hex')
      if (seen.has(digest) || documents.has(document.key)) continue
      seen.add(digest)
      documents.set(document.key, document)
    }
  }
  return [...documents.values()].sort((left, right) => (left.key < right.key ? -1 : 1))
}

// Every package once, whatever links lead to it.
async function packageFolders(from: string): Promise<readonly string[]> {
  const folders = new Set<string>()
  for (const modules of moduleFolders(from)) {
    for (const found of await packagesIn(modules)) folders.add(found)
    const stored = join(modules, '.pnpm')
    for (const entry of await entriesOf(stored)) {
      for (const found of await packagesIn(join(stored, entry.name, 'node_modules'))) {
        folders.add(found)
      }
    }
  }
  return [...folders].sort()
}

function moduleFolders(from: string): readonly string[] {
  const found: string[] = []
  for (let folder = from; ; folder = dirname(folder)) {
    const modules = join(folder, 'node_modules')
    if (existsSync(modules)) found.push(modules)
    if (dirname(folder) === folder) return found
  }
}

async function packagesIn(modules: string): Promise<readonly string[]> {
  const folders: string[] = []
  for (const entry of await entriesOf(modules)) {
    if (entry.name.startsWith('.')) continue
    const path = join(modules, entry.name)
    if (!entry.name.startsWith('@')) folders.push(path)
    else folders.push(...(await entriesOf(path)).map((scoped) => join(path, scoped.name)))
  }
  const real = await Promise.all(folders.map((folder) => realpath(folder).catch(() => null)))
  // Workspace packages lead out of node_modules: they are ours, no dependency.
  return real.filter((path) => path?.includes('node_modules') === true) as string[]
}

async function documentsOf(folder: string): Promise<readonly FoundDocument[]> {
  const name = await nameOf(folder)
  if (name === null) return []
  const files = await markdownIn(folder, '', 0)
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))
  return files.flatMap((file, index) => {
    const text = cut(texts[index] ?? '')
    return text.trim() === '' ? [] : [{ key: `${name}/${file}`, text }]
  })
}

async function nameOf(folder: string): Promise<string | null> {
  try {
    const { name, version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    return typeof name === 'string' && typeof version === 'string' ? `${name}@${version}` : null
  } catch {
    return null
  }
}

async function markdownIn(
  folder: string,
  inside: string,
  depth: number,
): Promise<readonly string[]> {
  const files: string[] = []
  for (const entry of await entriesOf(join(folder, inside))) {
    const path = inside === '' ? entry.name : `${inside}/${entry.name}`
    if (entry.isFile() && /^readme(\.|$)|\.(md|markdown)$/i.test(entry.name)) files.push(path)
    const isWanted = entry.isDirectory() && depth < DEEPEST && !FOLDERS.has(entry.name)
    if (isWanted) files.push(...(await markdownIn(folder, path, depth + 1)))
  }
  return files.sort()
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  return await readdir(folder, { withFileTypes: true }).catch(() => [])
}

// Cut between characters, so that no half of one is left.
function cut(text: string): string {
  if (Buffer.byteLength(text) <= MOST_BYTES) return text
  const bytes = Buffer.from(text).subarray(0, MOST_BYTES)
  return new TextDecoder().decode(bytes, { stream: true })
}
