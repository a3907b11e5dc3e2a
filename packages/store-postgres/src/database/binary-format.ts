/** A column as it is sent: which of PostgreSQL's binary formats its values take. */
export type ColumnType = 'int8' | 'text' | 'varchar' | 'bytea'

/** A value of one of the types; null in any of them. */
export type ColumnData = number | string | Uint8Array | null

// PostgreSQL's own numbers of the types, which an array names in its head.
const OIDS: Readonly<Record<ColumnType, number>> = { int8: 20, text: 25, varchar: 1043, bytea: 17 }

const LENGTH_BYTES = 4
const INT8_BYTES = 8
const TWO_32 = 4_294_967_296

/** How many bytes a field takes, its length included. */
export function fieldSize(value: ColumnData): number {
  if (value === null) return LENGTH_BYTES
  if (typeof value === 'number') return LENGTH_BYTES + INT8_BYTES
  return LENGTH_BYTES + (typeof value === 'string' ? Buffer.byteLength(value) : value.length)
}

/** Writes a field, its length first (-1 for null), and answers where the next one begins. */
export function writeField(into: Buffer, at: number, value: ColumnData): number {
  if (value === null) return into.writeInt32BE(-1, at)
  if (typeof value === 'number') {
    into.writeInt32BE(INT8_BYTES, at)
    into.writeInt32BE(Math.floor(value / TWO_32), at + LENGTH_BYTES)
    return into.writeUInt32BE(value >>> 0, at + LENGTH_BYTES + LENGTH_BYTES)
  }
  const size = fieldSize(value) - LENGTH_BYTES
  const start = into.writeInt32BE(size, at)
  if (typeof value === 'string') into.write(value, start)
  else into.set(value, start)
  return start + size
}

/**
 * An array parameter in binary: a fraction of the time that its text takes, and bytes are not written as digits.
 *
 * One dimension, counted from 1.
 */
export function arrayOf(type: ColumnType, values: readonly ColumnData[]): Buffer {
  const headSize = 5 * LENGTH_BYTES
  const size = values.reduce((sum: number, value) => sum + fieldSize(value), headSize)
  const array = Buffer.allocUnsafe(size)
  array.writeInt32BE(1, 0)
  array.writeInt32BE(1, 4)
  array.writeInt32BE(OIDS[type], 8)
  array.writeInt32BE(values.length, 12)
  array.writeInt32BE(1, 16)
  let at = headSize
  for (const value of values) at = writeField(array, at, value)
  return array
}

/** An array of whole numbers. */
export function numbers(values: readonly (number | null)[]): Buffer {
  return arrayOf('int8', values)
}
