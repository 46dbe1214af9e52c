// The newest part of the history as a graph, with one git process, and where its branches end.

import { isOid } from '../model/ids.ts'
import type { Oid } from '../model/ids.ts'
import type { GraphCommit } from '../model/relink.ts'
import { BitloopsError } from '../errors.ts'
import { runGit } from './git.ts'
import type { GitPlace } from './git.ts'

/**
 * The commits of a range, or those given, the newest first. Without one: of HEAD and all branches. Throws
 * `unknown-revision`.
 */
export async function readTargets(
  place: GitPlace, range: string | readonly Oid[] | undefined, max: number,
): Promise<readonly Oid[]> {
  const where = range === undefined ? ['--branches', 'HEAD', '--']
    : typeof range === 'string' ? ['--end-of-options', range, '--']
      : ['--no-walk', ...range.slice(0, max), '--']
  const order = typeof range === 'object' ? [] : ['--topo-order']
  const answer = await runGit(place, ['rev-list', ...order, `--max-count=${max}`, ...where])
  if (answer.code !== 0 && range !== undefined) {
    throw new BitloopsError('unknown-revision', answer.stderr.trim().split('\n')[0]!.replace(/^fatal: /, ''))
  }
  return linesOf(answer.stdout).filter(isOid)
}

/** Where branches end, those of remotes too, and where HEAD has been lately. */
export async function readHeads(place: GitPlace, maxMoves: number): Promise<readonly Oid[]> {
  const [refs, moves] = await Promise.all([
    runGit(place, ['for-each-ref', '--format=%(objectname)', 'refs/heads', 'refs/remotes']),
    runGit(place, ['rev-list', '-g', `--max-count=${maxMoves}`, 'HEAD']),
  ])
  return [...new Set([...linesOf(refs.stdout), ...linesOf(moves.stdout)].filter(isOid))]
}

/** Children before parents. Ids that are not here are passed over. */
export async function readGraph(place: GitPlace, tips: readonly Oid[], max: number): Promise<readonly GraphCommit[]> {
  const answer = await runGit(place, [
    'log', '--stdin', '--ignore-missing', '--topo-order', `--max-count=${max}`, '--no-show-signature', '--no-notes',
    '--no-decorate', '--format=%H %T %P',
  ], { input: tips.map((oid) => `${oid}\n`).join('') })
  return linesOf(answer.stdout).flatMap((line) => {
    const [oid = '', tree = '', ...parents] = line.split(' ')
    return isOid(oid) && isOid(tree) ? [{ oid, tree, parents: parents.filter(isOid) }] : []
  })
}

const linesOf = (output: Buffer): readonly string[] => output.toString('latin1').split('\n')
