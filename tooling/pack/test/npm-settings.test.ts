import { delimiter, join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { runCommand, systemPath } from '../src/command.js'
import { npmSettings } from '../src/project/npm-settings.js'
import { folderWith } from './temporary-folder.js'

afterEach(() => vi.unstubAllEnvs())

describe('the settings of npm', () => {
  test.for(['globalconfig', 'userconfig'])(
    'what %s of the machine says holds in an empty home too',
    async (file) => {
      const folder = folderWith({ settings: 'cafile=/etc/ssl/own.pem\nfetch-retries=7\n' })
      vi.stubEnv(`npm_config_${file}`, join(folder, 'settings'))
      const npm = await npmSettings(folder)

      const env = { ...npm, PATH: systemPath().join(delimiter), HOME: folder }
      const answers = await Promise.all(
        ['cafile', 'fetch-retries'].map((name) =>
          runCommand(['npm', 'config', 'get', name], { cwd: folder, env }),
        ),
      )
      expect(answers.map(({ stdout }) => stdout.trim())).toEqual(['/etc/ssl/own.pem', '7'])
    },
  )

  test('conflicts between packages count, whatever the machine lets pass', async () => {
    const folder = folderWith({})
    vi.stubEnv('npm_config_legacy_peer_deps', 'true')
    expect(await npmSettings(folder)).toMatchObject({ npm_config_legacy_peer_deps: 'false' })
  })
})
