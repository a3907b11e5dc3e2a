import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lookAtContents, lookWithTools } from './contents/look-at-tarball.js'
import { sweepBuilt } from './contents/sweep-built.js'
import { packTarball, type Tarball } from './contents/tarball.js'
import { nodeFromNpm } from './nodes/node-from-npm.js'
import { oldNode } from './nodes/old-node.js'
import { publishedPackages } from './packages.js'
import {
  compile,
  installProject,
  runApply,
  runConformance,
  runDemo,
  runFirstProgram,
  runNodeTest,
  runOnOldNode,
} from './project/look-at-project.js'
import { npmSettings } from './project/npm-settings.js'
import { Project } from './project/project.js'
import { surfaceProgram } from './project/public-names.js'
import { type Finding, Report } from './report.js'

// Packs every published package and uses the tarballs as their users will. This file runs from tooling/pack/dist.
const NODES = ['22.23.3', '24.21.0']

const root = join(import.meta.dirname, '../../..')
const report = new Report(console.log)
const folder = mkdtempSync(join(tmpdir(), 'halfrate-packed-'))
try {
  const npm = await npmSettings(root)
  // What waits for the network goes on beside what keeps the processor busy.
  const bins = Promise.all(NODES.map((version) => nodeFromNpm(root, version, npm)))
  const [tarballs] = await Promise.all([packAll(), bins])
  const places = NODES.map((version) => ({ version, tarballs, npm }))
  const [projects] = await Promise.all([installAll(places), lookAtAll(tarballs)])
  for (const project of projects) await useProject(project)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
report.end()
process.exitCode = report.failed.length === 0 ? 0 : 1

async function packAll(): Promise<readonly Tarball[]> {
  const tarballs: Tarball[] = []
  for (const one of publishedPackages(root)) {
    const { name } = one.manifest
    const swept = sweepBuilt(one.folder)
    if (swept.length > 0)
      console.log(`removed from ${name}, no source makes it: ${swept.join(' ')}`)
    const tarball = await packTarball(one, join(folder, 'tarballs', name))
    tarballs.push(tarball)
    await report.look(`${name}: contents`, () => lookAtContents(tarball))
  }
  const bytes = tarballs.map((one) => one.bytes)
  report.figure('packages', tarballs.length)
  report.figure(
    'packed_bytes',
    bytes.reduce((sum, each) => sum + each, 0),
  )
  return tarballs
}

async function lookAtAll(tarballs: readonly Tarball[]): Promise<void> {
  for (const tarball of tarballs) {
    await report.look(`${tarball.manifest.name}: as npm sees it`, () =>
      lookWithTools(root, tarball),
    )
  }
}

interface Place {
  readonly version: string
  readonly tarballs: readonly Tarball[]
  readonly npm: Readonly<Record<string, string>>
}

interface Installed {
  readonly version: string
  readonly project: Project
  readonly npm: Readonly<Record<string, string>>
}

// One after the other: the second finds in npm's cache what the first has brought.
async function installAll(places: readonly Place[]): Promise<readonly Installed[]> {
  const projects: Installed[] = []
  for (const { version, tarballs, npm } of places) {
    const nodeBin = await nodeFromNpm(root, version, npm)
    const into = join(folder, `node-${version}`)
    mkdirSync(into)
    const project = new Project({ root, folder: into, nodeBin, tarballs, npm })
    project.write('first-run.ts', firstProgram())
    project.write('surface.ts', surfaceProgram(tarballs))
    // Where the install failed nothing else can work, and would only say so at length.
    if (await report.look(`Node ${version}: install`, () => installProject(project)))
      projects.push({ version, project, npm })
  }
  return projects
}

async function useProject({ version, project, npm }: Installed): Promise<void> {
  const look = (name: string, find: () => Promise<Finding>): Promise<boolean> =>
    report.look(`Node ${version}: ${name}`, find)
  await look('tsc --strict', () => compile(project))
  const isOld = Number.parseInt(version, 10) < 24
  await look('the first program of the README', () =>
    runFirstProgram(project, isOld ? 'out/first-run.js' : 'first-run.ts'),
  )
  await look('a config file in TypeScript', () => runApply(project))
  await look('npx halfrate demo', () => runDemo(project))
  await look('an emulator in its own tests', () => runNodeTest(project))
  await look('a store of its own', () => runConformance(project))
  if (!isOld) return
  const old = await oldNode(root, npm)
  await report.look(`Node ${old.version}`, () => runOnOldNode(project, join(old.bin, 'node')))
}

function firstProgram(): string {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  return /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
}
