// Secretlint's recommended rules as a scanner. The only file that imports it, and only when first needed.

import type { Finding } from './secret-finding.ts'

const RULE_PREFIX = '@secretlint/secretlint-rule-'

/**
 * Left out on purpose: `filter-comments` lets a comment in the text switch the scanner off; the other two take a whole
 * URL for a secret, where our own rule, which sees more of them, takes the password only.
 */
const LEFT_OUT = ['filter-comments', 'basicauth', 'database-connection-string'].map((name) => RULE_PREFIX + name)

const KINDS: Readonly<Record<string, string>> = {
  aws: 'aws-secret-key', gcp: 'private-key', npm: 'npm-token', slack: 'slack-token', openai: 'openai-key',
  anthropic: 'anthropic-key', linear: 'linear-key', privatekey: 'private-key', sendgrid: 'sendgrid-key',
  shopify: 'shopify-token', github: 'github-token', '1password': 'onepassword-token',
}

type Lint = typeof import('@secretlint/core').lintSource
type Rules = typeof import('@secretlint/secretlint-rule-preset-recommend').rules

let loading: Promise<{ readonly lint: Lint, readonly rules: Rules }> | undefined

/** Loads the rules and makes them find a made-up token, so that rules which see nothing never pass for a clean text. */
export const loadSecretlint = () => loading ??= load()

async function load() {
  const [core, preset] = await Promise.all([
    import('@secretlint/core'),
    import('@secretlint/secretlint-rule-preset-recommend'),
  ])
  const rules = preset.rules.filter((rule) => !LEFT_OUT.includes(rule.meta.id))
  const loaded = { lint: core.lintSource, rules }
  const proof = `ghp_${'a1B2c3D4e5f6'.repeat(3)}`
  const found = await lintWith(loaded.lint, loaded.rules, ` ${proof} `)
  if (found.length !== 1) throw new Error('secretlint does not find what it must find')
  return loaded
}

/** The secrets in a text. Rejects if a rule fails: then nothing may be said about the text. */
export async function scanWithSecretlint(text: string, rules?: Rules): Promise<Finding[]> {
  const loaded = await loadSecretlint()
  return lintWith(loaded.lint, rules ?? loaded.rules, text)
}

async function lintWith(lint: Lint, rules: Rules, text: string): Promise<Finding[]> {
  // Rules are given one by one, since a preset's `disabled` has no effect. The blank keeps a BOM from being cut off,
  // which would shift every range. Without a path, the rules for certain files apply too.
  const { messages } = await lint({
    source: { content: ` ${text}`, filePath: '', ext: '.txt', contentType: 'text' },
    options: { noPhysicFilePath: true, config: { rules: rules.map((rule) => ({ id: rule.meta.id, rule })) } },
  })
  return messages.map((message) => {
    const [start, end] = rangeOf(text, message.range[0] - 1, message.range[1] - 1, message.data)
    const kind = KINDS[message.ruleId.slice(RULE_PREFIX.length)] ?? 'secret'
    return { kind, start, end }
  })
}

/** Some rules report the place of the name before the secret; the message's data holds the secret itself. */
function rangeOf(text: string, start: number, end: number, data: object = {}): readonly [number, number] {
  const window = text.slice(start, end + 512)
  const told = Object.values(data)
    .filter((value): value is string => typeof value === 'string' && value !== '' && window.includes(value))
    .sort((a, b) => b.length - a.length)[0]
  if (told === undefined) return [start, end]
  const at = start + window.indexOf(told)
  return [at, at + told.length]
}
