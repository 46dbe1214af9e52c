// Plants made-up secrets, and what a terminal obeys, into all texts of payloads and transcripts, and finds them again.

import { createHash } from 'node:crypto'
import { BEGIN, END, glue } from './secrets.ts'

export interface Planter {
  /** The JSON with something in each of its texts, and unknown fields in each of its objects. */
  readonly plant: (json: string) => string
  /** Another secret, to be put somewhere by hand. */
  readonly secret: (kind: Kind) => string
  /** The kinds of the planted secrets that stand in a text, each with an example. */
  readonly findIn: (text: string) => readonly string[]
  readonly count: () => number
}

/** Links, colours, a cleared screen, a turned reading order, a title. */
export const OBEYED = '\x1b]8;;https://h.test\x07link\x1b]8;;\x07 \x1b[2J\x9b31m\u202e\u2066 \0\x07\r\x1b]0;title\x1b\\'
/** None of these may reach a terminal; line feeds and tabs may. */
export const UNSAFE = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/

type Form = (word: string) => readonly [before: string, secret: string, after: string]

const FORMS = {
  token: (word) => ['', glue('gh', 'p_', word, word), ''],
  assignment: (word) => ['export DB_PASSWORD=', word, ''],
  quoted: (word) => ['{"api_key": "', word, '"}'],
  url: (word) => ['https://me:', word, '@h.test/x'],
  address: (word) => ['smtp://me@h.test:', word, '@mail.h.test'],
  header: (word) => ['curl -H "Authorization: Bearer ', word, '" h.test'],
  jwt: (word) => ['', glue('ey', 'JhbGciOiJIUzI1NiJ9', '.ey', 'JzdWIi', word, '.dozjgNryP4J3jVmNHl0w5N'), ''],
  key: (word) => [`\n${BEGIN}\n`, word + word, `\n${END}`],
  base64: (word) => ['', Buffer.from(`password=${word}`).toString('base64'), ''],
  json: (word) => ['{\\"output\\":\\"say \\\\\\"DB_PASSWORD=', word, '\\\\\\"\\n\\"}'],
} as const satisfies Readonly<Record<string, Form>>

export type Kind = keyof typeof FORMS
const KINDS = Object.keys(FORMS) as readonly Kind[]

export function makePlanter(): Planter {
  const planted = new Map<string, string>()
  const told = new Map<string, string>()
  const add = (kind: string, form: Form): string => {
    const parts = form(wordOf(planted.size))
    planted.set(parts[1], kind)
    return parts.join('')
  }
  const secret = (kind: Kind): string => add(kind, FORMS[kind])
  const next = (): string => secret(KINDS[planted.size % KINDS.length]!)

  function plantText(text: string): string {
    const inner = /^\s*[{[]/.test(text) ? parse(text) : undefined
    if (inner !== undefined) return JSON.stringify(walk(inner))
    // Ids, types, paths and times have no blanks; a patch that does not end where it says is none.
    if (!/\s/.test(text.trim()) || /^@@|\n@@|\*\*\* End Patch/.test(text)) return text
    const more = told.get(text) ?? ` ${next()} ${OBEYED}`
    told.set(text, more)
    return text + more
  }

  function walk(value: unknown): unknown {
    if (typeof value === 'string') return plantText(value)
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) {
      const isDiff = value.some((line) => typeof line === 'string' && /^[ +-]/.test(line))
      const key = (): string => add('key in lines', (word) => [`+${BEGIN}\n+`, word + word, `\n+${END}`])
      return isDiff ? [...value as unknown[], ...key().split('\n')] : value.map(walk)
    }
    return {
      ...Object.fromEntries(Object.entries(value).map(([name, each]) => [name, walk(each)])),
      unheardOf: next(),
      unknown: { password: add('under its name', (word) => ['plain words ', word, '']) },
    }
  }

  return {
    plant: (json) => JSON.stringify(walk(JSON.parse(json))),
    secret,
    findIn: (text) => [...new Map([...planted].flatMap(([own, kind]) => {
      const at = text.indexOf(own)
      return at < 0 ? [] : [[kind, `${kind}: ${text.slice(Math.max(0, at - 150), at + own.length + 20)}`]] as const
    })).values()],
    count: () => planted.size,
  }
}

/** Mixed as the words of a token are, and no other word's beginning. */
const wordOf = (number: number): string =>
  `a1B${createHash('sha256').update(String(number)).digest('base64').replace(/[^A-Za-z0-9]/g, '').slice(0, 18)}`

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
