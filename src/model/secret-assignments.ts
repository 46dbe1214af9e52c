// Finds secrets by the name they are given: `password=…`, `SECRET_KEY=…`, `"api_key": "…"`, `--token …`.
// Whether the value is one is judged in secret-values.ts.

import type { Finding } from './secret-finding.ts'
import { isSecretAt } from './secret-values.ts'
import type { Assignment } from './secret-values.ts'

const WORDS = [
  'passw(?:or)?d', 'passphrase', 'pwd', 'token', 'api[_-]?key',
  'secret(?:[_-]?access)?(?:[_-]?key)?(?:[_-]?base)?',
  '(?:access|private|signing|encryption|master|account|auth|shared|license|deploy|service)[_-]?key',
  '(?:db|database|sql|smtp|e?mail|ftp|ssh|user|admin|root|redis|mongo|pg|postgres|proxy|http)_pass',
  '(?<![a-z0-9])_auth',
  '(?<![\\w.-])pass(?=["\']?\\s{0,4}[:=]\\s{0,4}["\'`])',
].join('|')
const STAGE = '(?:_(?:prod(?:uction)?|dev(?:elopment)?|test|staging|live|old|new|\\d{1,3})|\\d{1,2})?'

const SECRET_NAME = new RegExp(`(?:(?:${WORDS})${STAGE}|^(?:proxy-)?authorization|^pass)$`, 'i')
/** Tokens that say where a list goes on, and marks of language models: needed to go on, and no secret. */
const HARMLESS_NAME =
  /(?:page|next|continuation|sync|cancel(?:l?ation)?|resume|start|end|stop|pad|eos|bos|unk)[_-]?token$|^1password$/i

/** A key whose value is a secret whatever it looks like. */
export const isSecretName = (name: string): boolean => SECRET_NAME.test(name) && !HARMLESS_NAME.test(name)

export function kindOfName(name: string): string {
  if (/secret[_-]?access|aws[_-]?secret/i.test(name)) return 'aws-secret-key'
  if (/pass|pwd/i.test(name)) return 'password'
  return /auth(?:orization)?$/i.test(name) ? 'authorization' : 'generic-secret'
}

const ASSIGNMENT = new RegExp(
  `(?<word>(?:${WORDS})${STAGE})(?<close>["'\`]?\\]?)(?:\\[\\d{0,4}\\])?` +
  // A type before the value: `password: string = …`, `let password: &'static str = …`
  '(?:[ \\t]?:[ \\t]?&?(?:\'static )?[A-Za-z_][\\w.<>|]{0,30}[?!]?(?=[ \\t]?=))?' +
  '(?<sign>[ \\t]{0,16}(?::=|=>|[?]=|=(?![=~])|:(?![:=]))[ \\t]{0,16}' +
  // `- name: PASSWORD`, and on the next line `value: …`, also in a diff
  '|["\']?,?\\s{1,40}(?:[+-]\\s{1,40})?["\']?value["\']?[ \\t]{0,4}[:=][ \\t]{0,4}' +
  '|[ \\t]+(?:is|was):?[ \\t]+|[ \\t]{1,4}|>)', 'gi')

const QUOTED = /[bruf@$]{0,2}(["'`])((?:\\.|(?!\1)[^\\\n]){0,4096})/iy
const XML_TEXT = /[^\s<>]{1,512}(?=<\/)/y
const BARE = /[^\s"'`<>;]{1,4096}/y
const BARE_IN_QUERY = /[^\s"'`<>;&#,]{1,4096}/y
/** Punctuation behind a value that is not part of it, or that escapes the quotation mark behind it. */
const BEHIND = /[,)\]}.:!?\\]{1,8}$/

export function findAssignedSecrets(text: string): Finding[] {
  const findings: Finding[] = []
  let end = 0
  for (const match of text.matchAll(ASSIGNMENT)) {
    if (match.index < end) continue
    const assignment = assignmentAt(text, match)
    if (assignment !== undefined && !HARMLESS_NAME.test(assignment.name) && isSecretAt(assignment)) {
      findings.push({ kind: kindOfName(assignment.name), start: assignment.start, end: assignment.end })
      end = assignment.end
    }
  }
  return findings
}

function assignmentAt(text: string, match: RegExpExecArray): Assignment | undefined {
  const { word = '', close = '', sign = '' } = match.groups ?? {}
  const nameAt = startOfName(text, match.index)
  const window = text.slice(Math.max(0, nameAt - 80), nameAt)
  // Most blanks behind such a word are prose; a blank joins name and value only in commands and in a .netrc.
  if (sign.trim() === '' && !text.startsWith('--', nameAt) && !/\blogin\s+\S+\s+$/.test(window)) return undefined
  const before = window.slice(window.lastIndexOf('\n') + 1)
  const name = text.slice(nameAt, match.index) + word
  const at = match.index + match[0].length
  const common = { text, name, before, closed: close !== '', sign: sign.trim(), spaced: /\s/.test(sign) }
  const quoted = matchAt(QUOTED, text, at)
  if (quoted !== undefined) {
    const end = at + quoted[0].length
    return { ...common, quoted: true, value: quoted[2]!, start: end - quoted[2]!.length, end }
  }
  const form = sign === '>' ? XML_TEXT : /[?&]$/.test(before) ? BARE_IN_QUERY : BARE
  const bare = matchAt(form, text, at)?.[0].replace(BEHIND, '')
  return bare ? { ...common, quoted: false, value: bare, start: at, end: at + bare.length } : undefined
}

const NAME_CHARACTER = /[\w.-]/
const MAX_NAME = 64

function startOfName(text: string, wordAt: number): number {
  let at = wordAt
  while (at > 0 && wordAt - at < MAX_NAME && NAME_CHARACTER.test(text[at - 1]!)) at--
  return at
}

function matchAt(form: RegExp, text: string, at: number): RegExpExecArray | undefined {
  form.lastIndex = at
  return form.exec(text) ?? undefined
}
