// Cleans all texts of a value at once, so that no formatter can forget one.

import { cleanForTerminal } from './clean.ts'

export function cleanValue<Value>(value: Value): Value {
  if (typeof value === 'string') return cleanForTerminal(value) as Value
  if (Array.isArray(value)) return value.map(cleanValue) as Value
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, each]) => [cleanForTerminal(name), cleanValue(each)])
  return Object.fromEntries(entries) as Value
}
