// Reads what a hook delivered. Agents and their wrappers write UTF-8, sometimes with a byte order mark, in UTF-16
// (PowerShell) or with raw control characters inside strings: what can be read is read, the rest gets a reason.

export type Payload =
  | { readonly kind: 'payload'; readonly value: unknown }
  | { readonly kind: 'unreadable'; readonly reason: string }

/** Decodes the bytes of a payload. The reasons are few and fixed, so that they can be counted. */
export function parsePayload(bytes: Uint8Array): Payload {
  if (bytes.every((byte) => byte <= 32)) return unreadable('empty payload')
  const text = decodeText(bytes).replace(/^\uFEFF/, '').replace(/\0+$/, '')
  const value = parseJson(text) ?? parseJson(escapeControls(text))
  if (value === undefined) return unreadable(looksCut(text) ? 'payload is cut off' : 'payload is not JSON')
  const { json } = value
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return unreadable('payload is not an object')
  return { kind: 'payload', value: json }
}

/**
 * Text of unknown encoding: by its byte order mark, else UTF-16 when every other byte of its start is zero, else UTF-8.
 */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return decodeAs('utf-16le', bytes)
  if (first === 0xfe && second === 0xff) return decodeAs('utf-16be', bytes)
  const start = bytes.subarray(0, 64 - (bytes.length < 64 ? bytes.length % 2 : 0))
  if (start.length >= 4) {
    if (zerosAt(start, 1) && !zerosAt(start, 0)) return decodeAs('utf-16le', bytes)
    if (zerosAt(start, 0) && !zerosAt(start, 1)) return decodeAs('utf-16be', bytes)
  }
  return decodeAs('utf-8', bytes)
}

const unreadable = (reason: string): Payload => ({ kind: 'unreadable', reason })
const looksCut = (text: string): boolean => text.trimStart().startsWith('{') && !text.trimEnd().endsWith('}')

/** True when most of every second byte is zero: text of mostly ASCII letters in UTF-16. */
function zerosAt(bytes: Uint8Array, parity: 0 | 1): boolean {
  let zeros = 0
  let count = 0
  for (let index = parity; index < bytes.length; index += 2) {
    count += 1
    if (bytes[index] === 0) zeros += 1
  }
  return zeros * 2 > count
}

function decodeAs(encoding: 'utf-8' | 'utf-16le' | 'utf-16be', bytes: Uint8Array): string {
  if (encoding !== 'utf-16be') return new TextDecoder(encoding).decode(bytes)
  const swapped = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2)))
  return swapped.swap16().toString('utf16le')
}

function parseJson(text: string): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

/** Escapes the control characters that stand raw inside strings; JSON allows them only between its tokens. */
function escapeControls(text: string): string {
  let inString = false
  let escaped = false
  const parts: string[] = []
  let from = 0
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (inString && code < 32) {
      parts.push(text.slice(from, index), `\\u${code.toString(16).padStart(4, '0')}`)
      from = index + 1
      escaped = false
    } else if (escaped) {
      escaped = false
    } else if (inString && code === 92) {
      escaped = true
    } else if (code === 34) {
      inString = !inString
    }
  }
  return parts.length === 0 ? text : [...parts, text.slice(from)].join('')
}
