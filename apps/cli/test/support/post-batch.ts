import type { TestEmulator } from './cli.js'

/** Makes a batch past Halfrate, as another program would, and answers its id. Keys are custom ids, values what each request asks. */
export async function postBatch(
  claude: TestEmulator,
  requests: Readonly<Record<string, string>>,
): Promise<string> {
  const made = await fetch(`${claude.url}/v1/messages/batches`, {
    method: 'POST',
    headers: {
      'x-api-key': 'test-key',
      'anthropic-version': '2023-06-01',
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      requests: Object.entries(requests).map(([custom_id, content]) => ({
        custom_id,
        params: {
          model: 'claude-haiku-4-5',
          max_tokens: 50,
          messages: [{ role: 'user', content }],
        },
      })),
    }),
  })
  return ((await made.json()) as { readonly id: string }).id
}
