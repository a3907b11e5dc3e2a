import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type CommandResult, runCommand, systemPath } from '../command.js'
import type { Tarball } from '../contents/tarball.js'
import { type Manifest, readManifest } from '../packages.js'

/** Where a project is made and what it gets. */
export interface ProjectParams {
  /** Absolute path of the workspace; nothing in the project leads there. */
  readonly root: string
  /** Absolute path of an empty folder outside of it. */
  readonly folder: string
  /** Absolute path of the folder of its Node. */
  readonly nodeBin: string
  readonly tarballs: readonly Tarball[]
  /** Of {@link npmSettings}. */
  readonly npm: Readonly<Record<string, string>>
}

/** A project of a user: nothing but the tarballs, the provider's SDK, a compiler and a test runner, in a folder of its own. */
export class Project {
  /** Absolute path. */
  readonly folder: string
  readonly #params: ProjectParams

  constructor(params: ProjectParams) {
    this.#params = params
    this.folder = join(params.folder, 'project')
    cpSync(join(params.root, 'tooling/pack/project'), this.folder, { recursive: true })
    mkdirSync(join(params.folder, 'home'))
    this.write('package.json', `${JSON.stringify(this.#manifest(), null, 2)}\n`)
  }

  /** The environment of its commands: an empty home, its own Node first, and nothing of the workspace. */
  env(more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
    const { folder, nodeBin, npm } = this.#params
    const path = [join(this.folder, 'node_modules/.bin'), nodeBin, ...systemPath()]
    return { ...npm, PATH: path.join(delimiter), HOME: join(folder, 'home'), TZ: 'UTC', ...more }
  }

  /** Runs a command in it. */
  run(command: readonly string[], more?: Readonly<Record<string, string>>): Promise<CommandResult> {
    return runCommand(command, { cwd: this.folder, env: this.env(more) })
  }

  /** Writes a file of it. */
  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text)
  }

  // Its tools are those of the workspace, so that one exact version of each is known to work.
  #manifest(): object {
    const { root, tarballs } = this.#params
    const tools = readManifest(join(root, 'package.json')).devDependencies ?? {}
    const client = readManifest(join(root, 'packages/client/package.json')).devDependencies ?? {}
    return {
      name: 'packed',
      private: true,
      type: 'module',
      dependencies: Object.fromEntries(
        tarballs.map(({ manifest, path }) => [manifest.name, `file:${path}`]),
      ),
      devDependencies: {
        '@anthropic-ai/sdk': client['@anthropic-ai/sdk'],
        '@types/node': tools['@types/node'],
        typescript: tools['@typescript/native']?.replace('npm:typescript@', ''),
        vitest: tools.vitest,
      },
    }
  }

  /** The manifests of what is installed from tarballs. */
  get packages(): readonly Manifest[] {
    return this.#params.tarballs.map(({ manifest }) => manifest)
  }
}
