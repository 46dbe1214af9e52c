// The inbox: payloads that hooks delivered and that are not yet in the live store. As in Maildir, a file is written
// in `tmp` and then appears whole in `new` under a name of its own. The hook that writes here is src/hooks/agent-
// hook.sh.

import { createHash, randomBytes } from 'node:crypto'
import { linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Millis } from '../model/event.ts'

/** A larger file is set aside unread: no agent's payload comes near it. */
export const MAX_PAYLOAD_BYTES = 64 * 1024 * 1024
/** A file that stayed in `tmp` this long was left by a hook that died. */
const TMP_LIFE_MS = 60 * 60 * 1000
const MAGIC = 'bitloops-2'
/** Magic, agent, project folder, event, host; each ends with NUL, then comes the payload. */
const HEADER_WORDS = 5
/** Begins the names of payloads that another repository's drain delivered on; they are never delivered on again. */
const FORWARDED = 'forwarded-'

export interface InboxFile {
  readonly name: string
  readonly sizeBytes: number
  /** When it was written, to the fraction of a millisecond that orders a burst. */
  readonly receivedAt: Millis
}

export type InboxMessage =
  | {
    readonly kind: 'message'
    /** The agent that the hook was registered for. */
    readonly agent: string
    readonly projectDir?: string
    /** The event that the hook was registered for, where it says so. */
    readonly event?: string
    /** The program that ran the hook, as its environment shows: some run the hooks of other agents. */
    readonly host?: string
    readonly payload: Uint8Array
    readonly forwarded: boolean
    readonly bytes: Buffer
  }
  | { readonly kind: 'broken'; readonly reason: string }
  /** Another process took it meanwhile. */
  | { readonly kind: 'gone' }

const newFolder = (home: string): string => join(home, 'inbox', 'new')
const tmpFolder = (home: string): string => join(home, 'inbox', 'tmp')
export const inboxFolder = newFolder

export function makeInbox(home: string): void {
  for (const name of ['tmp', 'new', 'quarantine']) {
    mkdirSync(join(home, 'inbox', name), { recursive: true, mode: 0o700 })
  }
}

/**
 * What waits, in order of arrival; a hint only, since clocks have grain: adapters order by the agent's own ids and
 * times.
 */
export function listInbox(home: string): readonly InboxFile[] {
  const files: InboxFile[] = []
  for (const name of namesIn(newFolder(home))) {
    const found = lstatSync(join(newFolder(home), name), { throwIfNoEntry: false })
    if (found === undefined) continue
    files.push({ name, sizeBytes: found.isFile() ? found.size : -1, receivedAt: found.mtimeMs })
  }
  return files.sort((one, other) => one.receivedAt - other.receivedAt || compareNames(one.name, other.name))
}

/** True when there is something to record; reads names only. */
export const hasMail = (home: string): boolean => namesIn(newFolder(home)).length > 0

export function readInboxFile(home: string, file: InboxFile): InboxMessage {
  if (file.sizeBytes < 0) return { kind: 'broken', reason: 'not a file' }
  if (file.sizeBytes > MAX_PAYLOAD_BYTES) return { kind: 'broken', reason: 'payload is too large' }
  let bytes: Buffer
  try {
    bytes = readFileSync(join(newFolder(home), file.name))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? { kind: 'gone' } : { kind: 'broken', reason: 'file cannot be read' }
  }
  return parseMessage(bytes, file.name.startsWith(FORWARDED))
}

function parseMessage(bytes: Buffer, forwarded: boolean): InboxMessage {
  if (bytes.length === 0) return { kind: 'broken', reason: 'empty file' }
  const words: string[] = []
  let at = 0
  while (words.length < HEADER_WORDS) {
    const end = bytes.indexOf(0, at)
    if (end < 0) return { kind: 'broken', reason: 'no header' }
    words.push(bytes.toString('utf8', at, end))
    at = end + 1
  }
  const [magic, agent = '', projectDir, event, host] = words
  if (magic !== MAGIC) return { kind: 'broken', reason: 'no header' }
  return {
    kind: 'message', agent, ...said('projectDir', projectDir), ...said('event', event), ...said('host', host),
    payload: bytes.subarray(at), forwarded, bytes,
  }
}

const said = <Key extends string>(key: Key, word: string | undefined): { readonly [K in Key]?: string } =>
  (word === undefined || word === '' ? {} : { [key]: word }) as { readonly [K in Key]?: string }

/** What a message says beside its payload. */
export interface MessageHead {
  readonly agent: string
  readonly projectDir?: string | undefined
  readonly event?: string | undefined
  readonly host?: string | undefined
}

/** The bytes of an inbox file. */
export const formatMessage = ({ agent, projectDir, event, host }: MessageHead, payload: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`${[MAGIC, agent, projectDir ?? '', event ?? '', host ?? ''].join('\0')}\0`), payload])

/** Delivers a payload without ever replacing one. */
export function deliver(home: string, bytes: Uint8Array): void {
  place(home, bytes, `${process.pid}-${randomBytes(6).toString('hex')}`)
}

/** Delivers a payload to another repository's inbox; twice is once, since its name comes from its bytes. */
export function deliverOn(home: string, bytes: Uint8Array): void {
  place(home, bytes, `${FORWARDED}${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}`)
}

function place(home: string, bytes: Uint8Array, name: string): void {
  const draft = join(tmpFolder(home), `${name}-${process.pid}`)
  writeFileSync(draft, bytes, { mode: 0o600 })
  const target = join(newFolder(home), name)
  try {
    linkSync(draft, target)
    rmSync(draft)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') rmSync(draft)
    else renameSync(draft, target)
  }
}

/** Takes recorded payloads out. Call it only after the transaction that holds them. */
export function removeFromInbox(home: string, names: readonly string[]): void {
  for (const name of names) rmSync(join(newFolder(home), name), { force: true, recursive: true })
}

/**
 * Capture was switched off by a setting: what hooks delivered is nobody's business, and from now on they deliver
 * nothing.
 */
export function discardInbox(home: string): void {
  writeFileSync(join(home, 'disabled'), '', { mode: 0o600 })
  removeFromInbox(home, namesIn(newFolder(home)))
}

/** Sets a file aside for doctor; false when another process did. */
export const quarantine = (home: string, name: string): boolean => moveAside(home, newFolder(home), name)

/** Sets aside what hooks that died left in `tmp`; gives back how many. */
export function quarantineAbandoned(home: string, now: Millis): number {
  let count = 0
  for (const name of namesIn(tmpFolder(home))) {
    const found = lstatSync(join(tmpFolder(home), name), { throwIfNoEntry: false })
    if (found === undefined || now - found.mtimeMs < TMP_LIFE_MS) continue
    if (moveAside(home, tmpFolder(home), name)) count += 1
  }
  return count
}

function moveAside(home: string, folder: string, name: string): boolean {
  mkdirSync(join(home, 'inbox', 'quarantine'), { recursive: true, mode: 0o700 })
  try {
    renameSync(join(folder, name), join(home, 'inbox', 'quarantine', `${name}-${randomBytes(3).toString('hex')}`))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

const compareNames = (one: string, other: string): number => one < other ? -1 : one > other ? 1 : 0
