// One `git cat-file --batch` for all reads of a command: objects are asked for by any name git understands.

import { startGit } from './git.ts'
import type { GitPlace } from './git.ts'
import { isOid } from '../model/ids.ts'
import type { Oid } from '../model/ids.ts'

export interface GitObject {
  readonly oid: Oid
  readonly type: 'commit' | 'tree' | 'blob' | 'tag'
  readonly body: Buffer
}

export interface TreeEntry {
  readonly mode: string
  readonly name: string
  readonly oid: Oid
}

export interface ObjectReader {
  /** The object of a name (`HEAD`, an oid, `<rev>:<path>`), or undefined when there is none. Names hold no newline. */
  read(name: string): Promise<GitObject | undefined>
  close(): void
}

/** Starts the reader. Requests are answered in order and may be sent without waiting. */
export function openObjectReader(place: GitPlace): ObjectReader {
  const child = startGit(place, ['cat-file', '--batch'])
  const waiting: { resolve: (object: GitObject | undefined) => void; reject: (error: Error) => void }[] = []
  let chunks: Buffer[] = []
  let held = 0
  let wanted: { oid: Oid; type: GitObject['type']; size: number } | undefined
  let failure: Error | undefined

  const fail = (error: Error): void => {
    failure ??= error
    for (const request of waiting.splice(0)) request.reject(error)
  }
  const take = (size: number): Buffer => {
    const all = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
    chunks = all.length > size ? [all.subarray(size)] : []
    held -= size
    return all.subarray(0, size)
  }
  const takeLine = (): string | undefined => {
    const all = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
    chunks = [all]
    const end = all.indexOf(10)
    return end < 0 ? undefined : take(end + 1).subarray(0, end).toString('utf8')
  }
  const advance = (): void => {
    while (held > 0) {
      if (wanted === undefined) {
        const line = takeLine()
        if (line === undefined) return
        const [oid = '', type = '', size = ''] = line.split(' ')
        if (isOid(oid) && /^\d+$/.test(size)) wanted = { oid, type: type as GitObject['type'], size: Number(size) }
        else waiting.shift()?.resolve(undefined)
      } else {
        if (held < wanted.size + 1) return
        const body = take(wanted.size + 1).subarray(0, wanted.size)
        waiting.shift()?.resolve({ oid: wanted.oid, type: wanted.type, body: Buffer.from(body) })
        wanted = undefined
      }
    }
  }
  child.stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    held += chunk.length
    advance()
  })
  child.stderr.resume()
  child.on('error', fail)
  child.on('close', () => fail(new Error('git cat-file ended early')))

  return {
    read(name) {
      if (failure !== undefined) return Promise.reject(failure)
      if (name.includes('\n')) return Promise.resolve(undefined)
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject })
        child.stdin.write(`${name}\n`)
      })
    },
    close: () => { child.stdin.end() },
  }
}

/** The entries of a raw tree object, in git's order. */
export function parseTree(tree: GitObject): readonly TreeEntry[] {
  const width = tree.oid.length / 2
  const entries: TreeEntry[] = []
  let position = 0
  while (position < tree.body.length) {
    const space = tree.body.indexOf(32, position)
    const zero = tree.body.indexOf(0, space)
    if (space < 0 || zero < 0) break
    entries.push({
      mode: tree.body.toString('latin1', position, space),
      name: tree.body.toString('utf8', space + 1, zero),
      oid: tree.body.toString('hex', zero + 1, zero + 1 + width) as Oid,
    })
    position = zero + 1 + width
  }
  return entries
}
