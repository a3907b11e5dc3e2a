import { z } from 'zod'

/** The API's own error, taken out of its envelope. */
export interface ApiError {
  readonly type: string
  readonly message: string
  /** `error.details.error_code`. */
  readonly code: string | null
  readonly requestId: string | null
  /** False for the bare form `{"error": {…}}`, which only something in front of the API sends. */
  readonly isWhole: boolean
}

const error = z.object({
  type: z.string().min(1).max(100),
  message: z.string().catch(''),
  details: z
    .object({ error_code: z.string().max(100).nullish() })
    .nullish()
    .catch(null),
})

const envelope = z.object({
  type: z.literal('error').optional(),
  error,
  request_id: z.string().max(200).nullish().catch(null),
})

/** Reads the API's error envelope; null when the body is somebody else's. */
export function readEnvelope(json: unknown): ApiError | null {
  const parsed = envelope.safeParse(json)
  if (!parsed.success) return null
  const { type, error, request_id } = parsed.data
  return {
    type: error.type,
    message: error.message,
    code: error.details?.error_code ?? null,
    requestId: request_id ?? null,
    isWhole: type === 'error',
  }
}
