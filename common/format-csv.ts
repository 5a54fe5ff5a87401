/**
 * One row of CSV (RFC 4180), without its line break: a field with a comma, a quote or a line break is quoted. A field
 * that a spreadsheet would take as a formula (it begins with = + - @, a tab or a carriage return) gets an apostrophe in
 * front, as OWASP's "CSV Injection" advises; numbers stay.
 *
 *     formatCsvRow(["a,b", "=1+1", "-0.5"]); // "\"a,b\",'=1+1,-0.5"
 */
export function formatCsvRow(fields: readonly string[]): string {
  return fields.map(formatField).join(",");
}

function formatField(field: string): string {
  const isFormula = /^[=+\-@\t\r]/.test(field) && !/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(field);
  const text = isFormula ? `'${field}` : field;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
