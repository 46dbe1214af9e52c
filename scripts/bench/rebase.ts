// Rebases 100 commits with checkpoints, by turns with the same rebase where we are not.

import { join } from 'node:path'
import { makeInitialised, repositoryAt } from '../../test/support/repository.ts'
import { call, measure } from './measure.ts'
import type { Case } from './measure.ts'
import type { Row } from './report.ts'
import { base, countNodeStarts } from './stage.ts'
import { grow, indexAll } from './synthetic.ts'
import type { Place } from './synthetic.ts'

const COMMITS = 100
const ROUNDS = 10

export async function benchRebase(): Promise<readonly Row[]> {
  const ours = await makeInitialised()
  const git = ({ root, env }: Place, ...words: readonly string[]): void => { call('git', words, { cwd: root, env }) }
  await grow(ours, COMMITS)
  await indexAll(ours)
  git(ours, 'tag', 'topic-before')
  git(ours, 'switch', '--quiet', '-C', 'main', `HEAD~${COMMITS}`)
  await ours.commit('Elsewhere', { 'elsewhere.txt': 'elsewhere\n' })
  const root = join(ours.sandbox.folder, 'plain')
  git(ours, 'clone', '--quiet', ours.root, root)
  const plain = repositoryAt(ours.sandbox, root, join(root, '.git', 'bitloops'))

  const rebase = (place: Place): Case => ({
    prepare: () => { git(place, 'checkout', '--quiet', '-B', 'topic', 'topic-before') },
    run: () => { git(place, 'rebase', '--quiet', 'main') },
  })
  const ms = measure({ ...base(plain), plain: rebase(plain), ours: rebase(ours) }, ROUNDS)
  const countStarts = countNodeStarts(ours)
  rebase(ours).prepare!()
  rebase(ours).run()
  const starts = countStarts()
  const { N, G } = ms
  ours.remove()
  return [
    { what: `rebase of ${COMMITS} commits without us`, N, G, ms: ms.plain },
    { what: `rebase of ${COMMITS} commits with checkpoints`, N, G, ms: ms.ours,
      bar: { ms: 1.6 * ms.plain + 2.5 * N, words: '1.6 × without us + 2.5 N' } },
    { what: 'Node starts in it', count: starts, bar: { count: 1, words: '1' } },
  ]
}
