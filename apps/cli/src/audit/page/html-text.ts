import { visibleText } from '../../screen/visible-text.js'

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A stranger's text for HTML, between tags or in quotes; what could move or hide text in it is made visible. */
export function htmlText(text: string): string {
  return visibleText(text).replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char)
}
