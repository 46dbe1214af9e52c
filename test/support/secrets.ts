// Secrets for tests, built at run time from parts, so that no scanner takes the tests for a leak.

const MIXED = 'a1B2c3D4e5F6g7H8j9K0'
/** Characters as random as a token's; the length is all that matters to the rules. */
export const random = (length: number): string => MIXED.repeat(Math.ceil(length / MIXED.length)).slice(0, length)
export const hex = (length: number): string => '0f1e2d3c4b5a6978'.repeat(8).slice(0, length)
export const glue = (...parts: readonly string[]): string => parts.join('')

export const AWS_ID = glue('AK', 'IA', 'QWERTY234567ASDF')
export const AWS_SECRET = glue('wJalr/UtnFEMI0K7MDENG', '+bPxRfiCY0123456789')
export const GITHUB = glue('gh', 'p_', random(36))
export const JWT = glue('ey', 'JhbGciOiJIUzI1NiJ9', '.ey', 'JzdWIiOiIxMjM0NTY3ODkwIn0', '.dozjgNryP4J3jVmNHl0w5N')
export const KEY_BODY = glue('MIIEvQIBADANBgkqhkiG9w0B', random(40))
export const BEGIN = glue('-----BEGIN ', 'PRIVATE KEY-----')
export const END = glue('-----END ', 'PRIVATE KEY-----')
