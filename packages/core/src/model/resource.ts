import type { DeliveryId, ProjectId, QueueName, SubmissionId } from './ids.js'

/** The lease resource of a queue: whoever holds it fills and seals its submissions. */
export function queueResource(project: ProjectId, queue: QueueName): string {
  return `queue:${project}/${queue}`
}

/** The lease resource of a submission: whoever holds it decides about it. */
export function submissionResource(submissionId: SubmissionId): string {
  return `submission:${submissionId}`
}

/** The lease resource of a delivery: whoever holds it hands its results over. */
export function deliveryResource(deliveryId: DeliveryId): string {
  return `delivery:${deliveryId}`
}

/** The lease resource of a duty that one worker at a time has. */
export function singletonResource(name: string): string {
  return `singleton:${name}`
}

/** Reads {@link queueResource}'s text; null for any other resource. */
export function queueOfResource(resource: string): { project: ProjectId; queue: QueueName } | null {
  const [, project, queue] = /^queue:([^/]+)\/(.+)$/.exec(resource) ?? []
  if (project === undefined || queue === undefined) return null
  return { project: project as ProjectId, queue: queue as QueueName }
}

/** Reads {@link submissionResource}'s text; null for any other resource. */
export function submissionOfResource(resource: string): SubmissionId | null {
  if (!resource.startsWith('submission:')) return null
  const [, id] = /^submission:(\d+)$/.exec(resource) ?? []
  return id === undefined ? null : (Number(id) as SubmissionId)
}

/** Reads {@link deliveryResource}'s text; null for any other resource. */
export function deliveryOfResource(resource: string): DeliveryId | null {
  const [, id] = /^delivery:(\d+)$/.exec(resource) ?? []
  return id === undefined ? null : (Number(id) as DeliveryId)
}
