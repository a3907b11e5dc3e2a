/**
 * A schema of answers: any that keeps to Standard Schema and says itself as JSON Schema, as those of zod from 4.2 on do.
 *
 * Source: standardschema.dev, versions 1 of both interfaces, 2026-11-22.
 */
export interface OutputSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => OutputCheck<Output> | Promise<OutputCheck<Output>>
    readonly jsonSchema: {
      /** What goes in, before any transformation: that is what the model is to write. */
      readonly input: (options: { readonly target: 'draft-2020-12' }) => Record<string, unknown>
    }
  }
}

/** What a schema says of a value: the value as it reads it, or what is wrong. */
export type OutputCheck<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly OutputIssue[] }

/** One thing that is wrong with a value. */
export interface OutputIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}
