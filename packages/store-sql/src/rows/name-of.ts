/** Reads a project, account, queue or lane back from its number. */
export type NameOf = (id: number) => string
