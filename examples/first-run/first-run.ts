import { openHalfrate } from 'halfrate'

const claims = [
  { id: 'claim-1', text: 'Water came through the ceiling on Sunday night.' },
  { id: 'claim-2', text: 'The parcel was left in the rain.' },
]
const rows = claims.map(({ id, text }) => {
  const messages = [{ role: 'user', content: `Which department should answer this? ${text}` }]
  return { key: id, params: { model: 'claude-haiku-4-5', max_tokens: 300, messages } }
})

await using half = await openHalfrate({ store: './claims.db' }) // ANTHROPIC_API_KEY from the environment
const job = await half.run('claims-2026-11-21', rows) // the same name after a crash is the same job
for await (const result of job.results()) {
  if (result.status === 'succeeded') console.log(result.key, result.costUsd, result.text)
  else console.error(result.key, result.error.code, result.error.nextStep)
}
