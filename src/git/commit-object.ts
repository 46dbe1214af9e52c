// What readers tell of a commit: who, when and its subject, from the commit object alone.

import type { CommitSummary } from '../model/commit-summary.ts'
import type { Millis } from '../model/event.ts'
import type { Oid } from '../model/ids.ts'
import type { GitObject } from './objects.ts'

/** Undefined when the object is no commit. */
export function parseCommitSummary(object: GitObject): CommitSummary | undefined {
  if (object.type !== 'commit') return undefined
  const end = object.body.indexOf('\n\n')
  const header = (end < 0 ? object.body : object.body.subarray(0, end)).toString('latin1').split('\n')
  const value = (name: string): string | undefined =>
    header.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1)
  const decode = decoderOf(value('encoding'))
  const author = parsePerson(decode(Buffer.from(value('author') ?? '', 'latin1')))
  const message = end < 0 ? '' : decode(object.body.subarray(end + 2))
  // What git revert writes, also with revert.reference.
  const reverts = /^This reverts commit ([0-9a-f]{7,64})\b/m.exec(message)?.[1]
  return {
    oid: object.oid,
    parents: header.filter((line) => line.startsWith('parent ')).map((line) => line.slice(7) as Oid),
    // As Git does it: the subject is the first paragraph in one line.
    subject: message.replace(/^\s+/, '').split(/\n\s*\n/, 1)[0]!.trim().replace(/\s*\n\s*/g, ' '),
    author: { name: author.name, email: author.email },
    authoredAt: author.at,
    committedAt: parsePerson(value('committer') ?? '').at,
    ...(reverts === undefined ? {} : { reverts }),
  }
}

function parsePerson(text: string): { name: string; email: string; at: Millis } {
  const [, name = '', email = '', seconds = '0'] = /^(.*?) ?<([^>]*)> (-?\d+)/.exec(text) ?? []
  return { name, email, at: Number(seconds) * 1000 }
}

function decoderOf(encoding: string | undefined): (bytes: Uint8Array) => string {
  try {
    const decoder = new TextDecoder(encoding ?? 'utf-8')
    return (bytes) => decoder.decode(bytes)
  } catch {
    return (bytes) => Buffer.from(bytes).toString('utf8')
  }
}
