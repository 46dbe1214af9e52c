// What a commit object says: what promotion needs of its header, and what readers tell of it.

import type { CommitSummary } from '../model/commit-summary.ts'
import type { Millis } from '../model/event.ts'
import { isOid } from '../model/ids.ts'
import type { Oid } from '../model/ids.ts'
import type { GitObject } from './objects.ts'

export interface CommitHeader {
  readonly oid: Oid
  readonly tree: Oid
  readonly parents: readonly Oid[]
  readonly authoredAt: Millis
  readonly committedAt: Millis
  /** `Name <email> seconds zone`, as in the object: who writes the checkpoint's commit. */
  readonly committer: string
}

/** Throws when the object is no commit. */
export function parseCommit(object: GitObject): CommitHeader {
  const { value, parents } = splitCommit(object)
  const [tree, committer] = [value('tree'), value('committer')]
  if (object.type !== 'commit' || !isOid(tree)) throw new Error(`${object.oid} is not a commit`)
  return {
    oid: object.oid, tree, parents, committer,
    authoredAt: parsePerson(value('author')).at,
    committedAt: parsePerson(committer).at,
  }
}

/** Undefined when the object is no commit. */
export function parseCommitSummary(object: GitObject): CommitSummary | undefined {
  if (object.type !== 'commit') return undefined
  const { value, parents, message } = splitCommit(object)
  const author = parsePerson(value('author'))
  // What git revert writes, also with revert.reference.
  const reverts = /^This reverts commit ([0-9a-f]{7,64})\b/m.exec(message)?.[1]
  return {
    oid: object.oid,
    parents,
    // As Git does it: the subject is the first paragraph in one line.
    subject: message.replace(/^\s+/, '').split(/\n\s*\n/, 1)[0]!.trim().replace(/\s*\n\s*/g, ' '),
    author: { name: author.name, email: author.email },
    authoredAt: author.at,
    committedAt: parsePerson(value('committer')).at,
    ...(reverts === undefined ? {} : { reverts }),
  }
}

interface SplitCommit {
  /** A line of the header, in the commit's own encoding; empty where there is none. */
  value(name: string): string
  readonly parents: readonly Oid[]
  readonly message: string
}

function splitCommit({ body }: GitObject): SplitCommit {
  const end = body.indexOf('\n\n')
  const lines = (end < 0 ? body : body.subarray(0, end)).toString('latin1').split('\n')
  const bytesOf = (name: string): string =>
    lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1) ?? ''
  const decode = decoderOf(bytesOf('encoding') || 'utf-8')
  return {
    value: (name) => decode(Buffer.from(bytesOf(name), 'latin1')),
    parents: lines.filter((line) => line.startsWith('parent ')).map((line) => line.slice(7) as Oid),
    message: end < 0 ? '' : decode(body.subarray(end + 2)),
  }
}

function parsePerson(text: string): { name: string; email: string; at: Millis } {
  const [, name = '', email = '', seconds = '0'] = /^(.*?) ?<([^>]*)>.*? (-?\d+)(?: [+-]\d+)?$/.exec(text) ?? []
  return { name, email, at: Number(seconds) * 1000 }
}

function decoderOf(encoding: string): (bytes: Uint8Array) => string {
  try {
    const decoder = new TextDecoder(encoding)
    return (bytes) => decoder.decode(bytes)
  } catch {
    return (bytes) => Buffer.from(bytes).toString('utf8')
  }
}
