// The commits of our chain with what each changed, told by one git process as it goes.

import { runGit, startGit } from './git.ts'
import type { GitPlace } from './git.ts'
import { isOid } from '../model/ids.ts'
import type { Oid } from '../model/ids.ts'
import type { ChainStep, PathChange } from '../model/integrity.ts'

const ARGS = [
  'log', '--raw', '-r', '-m', '-z', '--root', '--no-abbrev', '--no-renames', '--no-show-signature',
  '--format=commit %H %P',
]

/** All commits that lead to `tip` and not to `since`; merges as each of their parents sees them. */
export async function* readChain(place: GitPlace, tip: Oid, since: Oid | undefined): AsyncGenerator<ChainStep> {
  const child = startGit(place, [...ARGS, tip, ...since === undefined ? [] : [`^${since}`], '--'])
  child.stdin.end()
  child.stderr.resume()
  const ended = new Promise<number>((resolve) => { child.on('close', (code) => { resolve(code ?? -1) }) })
  let step: { commit: Oid; parents: number; changes: PathChange[][] } | undefined
  let change: { before: Oid | undefined; after: Oid | undefined } | undefined
  for await (const word of words(child.stdout)) {
    const header = /^\n?commit ([0-9a-f]+) ?(.*)$/.exec(word)
    if (change !== undefined) {
      step?.changes.at(-1)!.push({ path: word, ...change })
      change = undefined
    } else if (header !== null) {
      const [, commit = '', parents = ''] = header
      if (step !== undefined && step.commit !== commit) yield step
      if (step === undefined || step.commit !== commit) {
        step = { commit: commit as Oid, parents: parents.split(' ').filter(isOid).length, changes: [] }
      }
      step.changes.push([])
    } else {
      const [, , before = '', after = ''] = word.replace(/^\n?:/, '').split(' ')
      change = { before: oidOf(before), after: oidOf(after) }
    }
  }
  if (step !== undefined) yield step
  if (await ended !== 0) throw new Error(`git log could not read the chain of ${tip}`)
}

const oidOf = (text: string): Oid | undefined => isOid(text) && !/^0+$/.test(text) ? text : undefined

/** What stands between NULs. */
async function* words(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of stream) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let from = 0
    for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0, from)) {
      yield rest.toString('utf8', from, end)
      from = end + 1
    }
    rest = rest.subarray(from)
  }
}

export const isShallow = async (place: GitPlace): Promise<boolean> =>
  (await runGit(place, ['rev-parse', '--is-shallow-repository'])).stdout.toString('utf8').trim() === 'true'
