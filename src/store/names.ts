// Redacts names (paths, branches, symbols) in what is published. The scanner is only loaded when a name could hold
// a secret.

/**
 * Names made of these characters alone, without a run of 16 or more that has a digit or is all capitals, or of 36
 * letters, are left as they are: no rule matches so short or so plain a text. An assignment, a command or a URL has
 * other characters in it.
 */
const PLAIN = /^[\p{L}\p{N}\p{M}._/@+-]*$/u
const SUSPICIOUS_RUN = /(?=[\w-]*\d)[\w-]{16,}|[A-Z_]{16,}|\w{36,}/
/** Object ids, times and ids of our own making are no names. */
const OWN = /^(?:[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f-]{36}|\d{4}-\d\d-\d\dT[\d:.]+Z)$/

export async function redactNames<Value>(
  value: Value,
): Promise<{ value: Value; counts: Readonly<Record<string, number>> }> {
  if (!mayHoldSecret(value)) return { value, counts: {} }
  const { redactValues } = await import('../model/redact.ts')
  const [redacted] = await redactValues([value])
  return { value: redacted!.value as Value, counts: redacted!.counts }
}

function mayHoldSecret(value: unknown): boolean {
  if (typeof value === 'string') return !OWN.test(value) && (!PLAIN.test(value) || SUSPICIOUS_RUN.test(value))
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).some(mayHoldSecret)
}
