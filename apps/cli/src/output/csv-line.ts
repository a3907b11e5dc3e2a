const FORMULA_START = /^[=+\-@\t\r\n＝＋－＠]/
const PLAIN_NUMBER = /^[+-](?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/
// A comma or a semicolon parts cells in one country or the other, so neither stands outside quotes.
const QUOTED = /[",;|\t\r\n]/

/**
 * Makes a text safe for a spreadsheet: what begins like a formula gets an apostrophe in front, so that it is shown and
 * not computed. Numbers such as `-12.5` stay numbers.
 */
export function safeCell(text: string): string {
  return FORMULA_START.test(text) && !PLAIN_NUMBER.test(text) ? `'${text}` : text
}

/** Writes one line of CSV by RFC 4180, every cell made safe, without the CRLF that ends it. */
export function csvLine(cells: readonly string[], delimiter: string): string {
  // A line of one empty cell would be an empty line, which is no row.
  if (cells.length === 1 && cells[0] === '') return '""'
  return cells.map((cell) => csvCell(cell)).join(delimiter)
}

function csvCell(text: string): string {
  const safe = safeCell(text)
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
