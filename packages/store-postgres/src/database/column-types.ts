import pg, { type CustomTypesConfig } from 'pg'
import { unescapedText } from './escaped-text.js'

type Parse = (text: string) => unknown

// By PostgreSQL's numbers of its types. Our whole numbers are below 2^53. `varchar` is what holds any text.
const PARSERS: ReadonlyMap<number, Parse> = new Map<number, Parse>([
  [16, (text) => (text === 't' ? 1 : 0)],
  [20, Number],
  [1043, unescapedText],
  [1700, Number],
])

/** How columns are read: the same values as from SQLite, so that one mapping of rows serves both. */
export const COLUMN_TYPES: CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text') =>
    PARSERS.get(oid) ?? pg.types.getTypeParser(oid, format)) as CustomTypesConfig['getTypeParser'],
}
