// What the caller wrote in an order that the model sees: a schema's properties are answered in it.
const ORDERED: ReadonlySet<string> = new Set(['input_schema', 'schema', 'input'])

/**
 * Writes params so that equal content is equal text, whoever built it and in whichever order.
 *
 * Members are sorted by their names, but for everything inside `input_schema`, `schema` and `input`, where the order is content.
 * What `JSON.stringify` drops is not there, dates are what it makes of them, `1`, `1.0` and `1e0` are one number. Text is
 * compared by its code units: two ways to write one letter are two contents.
 */
export function canonicalParams(params: object): string {
  return textOf(JSON.parse(JSON.stringify(params)), false)
}

function textOf(value: unknown, isOrdered: boolean): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (isOrdered) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((each) => textOf(each, false)).join(',')}]`
  const members = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1))
  const texts = members.map(
    ([name, each]) => `${JSON.stringify(name)}:${textOf(each, ORDERED.has(name))}`,
  )
  return `{${texts.join(',')}}`
}
