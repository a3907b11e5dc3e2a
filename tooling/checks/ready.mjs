// Installs, checks the Node version and builds. Says nothing while all goes well and quickly; opens up when a step takes
// longer than a few seconds, or fails. Plain JavaScript for any Node since 18, because it runs before anything is installed.
import { spawn } from 'node:child_process'

const PATIENCE_MS = 3_000
const STEPS = [
  'pnpm --config.update-notifier=false install --frozen-lockfile --reporter=append-only',
  'node tooling/checks/check-node.mjs',
  'turbo run build --output-logs=errors-only',
]

function run(command) {
  return new Promise((resolve) => {
    // A shell for each step, so that `node` is looked up anew once the install has brought one.
    const child = spawn(command, {
      shell: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
    })
    let held = []
    // Everything goes to stderr: stdout belongs to the program that is run afterwards.
    const open = () => {
      for (const chunk of held ?? []) process.stderr.write(chunk)
      held = null
    }
    const take = (chunk) => (held === null ? process.stderr.write(chunk) : held.push(chunk))
    const patience = setTimeout(open, PATIENCE_MS)
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.on('close', (code) => {
      clearTimeout(patience)
      if (code !== 0) open()
      resolve(code ?? 1)
    })
  })
}

for (const command of STEPS) {
  const code = await run(command)
  if (code !== 0) process.exit(code)
}
