/** Reads a project, account, queue, lane or model back from its number. */
export type NameOf = (id: number) => string
