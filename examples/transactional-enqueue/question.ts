/** What Claude is asked about a claim. */
export function question(text: string): object {
  return {
    model: 'claude-haiku-4-5',
    max_tokens: 300,
    messages: [{ role: 'user', content: `Is this claim urgent? ${text}` }],
  }
}
