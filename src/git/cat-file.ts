// One `git cat-file --batch` for all reads of a command: objects are asked for by any name git understands.

import { startGit } from './git.ts'
import type { GitPlace } from './git.ts'
import type { GitObject, ObjectReader } from './objects.ts'
import { isOid } from '../model/ids.ts'
import type { Oid } from '../model/ids.ts'

export { parseTree } from './objects.ts'
export type { GitObject, ObjectReader, TreeEntry } from './objects.ts'

/** Starts the reader. Requests are answered in order and may be sent without waiting. */
export function openObjectReader(place: GitPlace): ObjectReader {
  const child = startGit(place, ['cat-file', '--batch'])
  let asked = ''
  const waiting: { resolve: (object: GitObject | undefined) => void; reject: (error: Error) => void }[] = []
  let chunks: Buffer[] = []
  let held = 0
  let wanted: { oid: Oid; type: GitObject['type']; size: number } | undefined
  let failure: Error | undefined

  const fail = (error: Error): void => {
    failure ??= error
    for (const request of waiting.splice(0)) request.reject(error)
  }
  // What is asked for at once goes out at once: a system call for each name costs more than the answer.
  const send = (): void => {
    if (asked !== '') child.stdin.write(asked)
    asked = ''
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
        if (asked === '') queueMicrotask(send)
        asked += `${name}\n`
      })
    },
    close() {
      send()
      child.stdin.end()
    },
  }
}
