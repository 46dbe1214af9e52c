// Reads the refs of git-bitloops straight from a remote over smart HTTP, into memory: no clone, no git process. The
// only file that imports isomorphic-git, and only when it is called: that takes longer than most commands.
//
// Notes are never read with its `readNote`, which finds none in a tree with folders.

import { BitloopsError } from '../errors.ts'
import { CHECKPOINTS_REF, NOTES_REF } from '../model/checkpoint.ts'
import type { Oid } from '../model/ids.ts'
import { boundHttp } from './bounded-http.ts'
import type { BoundedHttp, HttpClient, HttpLimits } from './bounded-http.ts'
import { openMemoryFiles } from './memory-files.ts'
import { readNamed } from './named-objects.ts'
import type { GitObject, ObjectReader } from './objects.ts'

export interface Credential {
  readonly username: string
  readonly password: string
}

/** Who knows passwords: on a desk Git's credential helpers, in a web page the page. */
export interface CredentialSource {
  /** Undefined when nobody knows one. */
  fill(url: string): Promise<Credential | undefined>
  /** The remote took it, or did not. */
  approve(url: string, credential: Credential): Promise<void>
  reject(url: string, credential: Credential): Promise<void>
}

export interface RemoteOptions extends Partial<HttpLimits> {
  readonly http: HttpClient
  readonly credentials?: CredentialSource
  /** More headers for each request. */
  readonly headers?: Readonly<Record<string, string>>
  /** For web pages: a server that passes requests on, where the remote sends no CORS headers. */
  readonly corsProxy?: string
  /** Told how many bytes have come so far. */
  readonly onBytes?: (bytes: number) => void
}

export interface RemoteObjects extends ObjectReader {
  /** All refs of the remote and what they point to; an annotated tag to its commit. */
  readonly refs: ReadonlyMap<string, Oid>
}

const DEFAULT_SILENCE_MS = 30_000
/** A server may take minutes to pack many checkpoints; it says so meanwhile. */
const DEFAULT_TIMEOUT_MS = 600_000
/** Held several times over: as it came, indexed, and unpacked. */
const DEFAULT_MAX_BYTES = 256 * 2 ** 20
/** A folder of the file system in memory, and a remote in its configuration; other names would do. */
const GITDIR = '/remote.git'
const REMOTE = 'origin'

type Isomorphic = typeof import('isomorphic-git')

/** The client for Node; web pages have `isomorphic-git/http/web`. */
export const loadNodeHttp = async (): Promise<HttpClient> =>
  (await import('isomorphic-git/http/node')).default as HttpClient

/** Fetches the tips of our two refs, without their history. Throws `remote-failed`. */
export async function openRemoteObjects(url: string, options: RemoteOptions): Promise<RemoteObjects> {
  if (!/^https?:\/\//i.test(url)) {
    throw new BitloopsError('remote-failed',
      `'${withoutPassword(url)}' cannot be read without a clone: only http(s):// can`,
      'git bitloops fetch <remote> brings checkpoints into a clone over any transport')
  }
  const http = boundHttp(options.http, {
    silenceMs: options.silenceMs ?? DEFAULT_SILENCE_MS, timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    maxBytes: options.maxBytes ?? DEFAULT_MAX_BYTES,
  }, options.onBytes)
  try {
    return await fetchTips(await import('isomorphic-git'), http, url, options)
  } catch (error) {
    throw http.failure() ?? explainFailure(error, url)
  } finally {
    http.close()
  }
}

async function fetchTips(
  git: Isomorphic, http: BoundedHttp, url: string, options: RemoteOptions,
): Promise<RemoteObjects> {
  const { headers, corsProxy } = options
  const authentication = options.credentials === undefined ? {} : authenticate(options.credentials, http)
  // It changes the headers it is given, and those of one protocol version make no sense in the other.
  const request = () => ({
    http, url, headers: { ...headers }, ...corsProxy === undefined ? {} : { corsProxy }, ...authentication,
  })
  // Version 1, since in version 2 a repository with SHA-256 objects answers that it has no refs.
  const listed = await git.listServerRefs({ ...request(), protocolVersion: 1, peelTags: true })
  const refs = new Map(listed.map(({ ref, oid, peeled }) => [ref, (peeled ?? oid) as Oid]))
  if ([...refs.values()].some((oid) => oid.length === 64)) {
    throw new BitloopsError('remote-failed',
      `${withoutPassword(url)} has SHA-256 objects, which cannot be read without git`,
      'git bitloops fetch <remote> brings checkpoints into a clone')
  }
  const wanted = [CHECKPOINTS_REF, NOTES_REF].filter((ref) => refs.has(ref))
  const refspecs = wanted.map((ref) => `\tfetch = +${ref}:${ref}\n`)
  const fs = openMemoryFiles({ [`${GITDIR}/config`]: `[remote "${REMOTE}"]\n${refspecs.join('')}` })
  for (const ref of wanted) {
    const { fetchHead } = await git.fetch({
      ...request(), fs, gitdir: GITDIR, remote: REMOTE, ref, remoteRef: ref, singleBranch: true, tags: false, depth: 1,
    })
    // Somebody may have pushed since they were listed.
    refs.set(ref, fetchHead as Oid)
  }
  return readFrom(git, fs, refs)
}

function readFrom(
  git: Isomorphic, fs: ReturnType<typeof openMemoryFiles>, refs: ReadonlyMap<string, Oid>,
): RemoteObjects {
  // The index of a pack is kept in it; without it, each object costs reading that anew.
  const cache = {}
  const readObject = async (oid: Oid): Promise<GitObject | undefined> => {
    try {
      const { type, object } = await git.readObject({ fs, gitdir: GITDIR, oid, format: 'content', cache })
      return { oid, type: type as GitObject['type'], body: Buffer.from(object as Uint8Array) }
    } catch (error) {
      if ((error as { code?: unknown }).code === 'NotFoundError') return undefined
      throw error
    }
  }
  return {
    refs,
    read: (name) => readNamed({ findRef: async (ref) => refs.get(ref), readObject }, name),
    close() {},
  }
}

/** Asks once, although each request comes without a password first. */
function authenticate(credentials: CredentialSource, http: BoundedHttp) {
  let known: Promise<Credential | undefined> | undefined
  let told = false
  const tell = async (
    how: 'approve' | 'reject', url: string, { username, password }: Partial<Credential>,
  ): Promise<void> => {
    if (told || username === undefined || password === undefined) return
    told = true
    await credentials[how](url, { username, password })
  }
  return {
    onAuth: async (url: string) => await (known ??= http.suspend(() => credentials.fill(url))) ?? { cancel: true },
    onAuthSuccess: (url: string, auth: Partial<Credential>) => tell('approve', url, auth),
    async onAuthFailure(url: string, auth: Partial<Credential>) {
      await tell('reject', url, auth)
      return { cancel: true }
    },
  }
}

function explainFailure(error: unknown, url: string): Error {
  if (error instanceof BitloopsError) return error
  const { code, message, data, cause } = error as Error & { code?: string; data?: { statusCode?: number } }
  const failed = (why: string, hint?: string): BitloopsError =>
    new BitloopsError('remote-failed', `${withoutPassword(url)} ${why}`, hint)
  const status = data?.statusCode
  if (code === 'UserCanceledError' || status === 401) {
    return failed('wants a password', 'Git\'s credential helper is asked for it; see gitcredentials(7)')
  }
  if (status === 403) return failed('does not let you read it')
  if (status === 404) return failed('is not a repository')
  if (status !== undefined) return failed(`answered with status ${status}`)
  if (code === 'SmartHttpError' || code === 'ParseError') return failed('does not answer as a Git repository does')
  if (typeof code === 'string' && /^E[A-Z_]+$/.test(code)) return failed(`cannot be reached (${code})`)
  return failed(`cannot be read: ${cause instanceof Error ? cause.message : message}`)
}

/** A URL as it may be shown. */
export const withoutPassword = (url: string): string => url.replace(/^(\w+:\/\/)[^/@]*@/, '$1')

