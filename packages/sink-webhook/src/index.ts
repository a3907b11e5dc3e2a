/**
 * Webhooks that are signed as Standard Webhooks says, and that are safe to send to addresses that strangers give: each goes to the
 * address that was looked at, and to no other.
 */
export type { WebhookOutcome, WebhookRefusal } from './outcome.js'
export { newWebhookSecret } from './secret.js'
export type { HostAddress, Resolve } from './target.js'
export { type ReceivedWebhook, verifyWebhook, type WebhookVerdict } from './verify-webhook.js'
export { openWebhook, type Webhook, type WebhookMessage, type WebhookOptions } from './webhook.js'
export { WebhookNotTakenError } from './webhook-not-taken-error.js'
