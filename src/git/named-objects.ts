// Names of objects where no git is there to understand them: an oid or a whole ref, `^{tree}`, `:<path>`.

import { isOid } from '../model/ids.ts'
import type { Oid } from '../model/ids.ts'
import { parseTree } from './objects.ts'
import type { GitObject } from './objects.ts'

/** All that a store of objects must be able to do. */
export interface ObjectSource {
  /** Where a whole ref (`refs/…`) points. */
  findRef(ref: string): Promise<Oid | undefined>
  /** Undefined when it is not there. */
  readObject(oid: Oid): Promise<GitObject | undefined>
}

/** Tags that lead to tags are followed so far. */
const MAX_TAGS = 10

/** The object of a name; the part of gitrevisions(7) that our readers use. */
export async function readNamed(source: ObjectSource, name: string): Promise<GitObject | undefined> {
  const [, start = '', type, path] = /^([^:^]+)(?:\^\{(commit|tree)\}|:(.*))?$/s.exec(name) ?? []
  const oid = isOid(start) ? start : await source.findRef(start)
  const object = oid === undefined ? undefined : await source.readObject(oid)
  if (object === undefined) return undefined
  if (path !== undefined) return await walk(source, await peel(source, object, 'tree'), path)
  return type === undefined ? object : await peel(source, object, type as 'commit' | 'tree')
}

async function peel(source: ObjectSource, from: GitObject, type: 'commit' | 'tree'): Promise<GitObject | undefined> {
  let object: GitObject | undefined = from
  for (let tags = 0; object?.type === 'tag' && tags < MAX_TAGS; tags += 1) {
    object = await follow(source, object, 'object')
  }
  if (object?.type === 'commit' && type === 'tree') object = await follow(source, object, 'tree')
  return object?.type === type ? object : undefined
}

/** The object that a header line names. */
async function follow(source: ObjectSource, object: GitObject, header: string): Promise<GitObject | undefined> {
  const [, oid = ''] = new RegExp(`^${header} ([0-9a-f]+)$`, 'm').exec(object.body.toString('latin1')) ?? []
  return isOid(oid) ? await source.readObject(oid) : undefined
}

async function walk(source: ObjectSource, root: GitObject | undefined, path: string): Promise<GitObject | undefined> {
  let object = root
  for (const part of path.split('/').filter((each) => each !== '')) {
    if (object?.type !== 'tree') return undefined
    const entry = parseTree(object).find(({ name }) => name === part)
    object = entry === undefined ? undefined : await source.readObject(entry.oid)
  }
  return object
}
