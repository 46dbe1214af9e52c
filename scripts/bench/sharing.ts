// What travels: uniting two clones of a large store, a push with nothing to publish, the first fetch.

import { join } from 'node:path'
import { CHECKPOINTS_REF, NOTES_REF } from '../../src/model/checkpoint.ts'
import { makeInitialised, repositoryAt } from '../../test/support/repository.ts'
import { call, measure, median, timed } from './measure.ts'
import type { Row } from './report.ts'
import { stageOf } from './sizes.ts'
import { base } from './stage.ts'
import { grow, indexAll } from './synthetic.ts'
import type { Place } from './synthetic.ts'

const STORE = 100_000
const NEW = 100
const FETCHED = 10_000
const ROUNDS = 5
const OUR_REFS = [CHECKPOINTS_REF, NOTES_REF]

const git = ({ root, env }: Place, ...words: readonly string[]): string => call('git', words, { cwd: root, env })

/** Both sides have 100 new checkpoints in each round, on top of what they have in common and of what was united. */
export async function benchUnite(): Promise<readonly Row[]> {
  const ours = await stageOf(STORE)
  const other: Place = { root: join(ours.sandbox.folder, 'other.git'), env: ours.env }
  git(ours, 'clone', '--quiet', '--mirror', ours.root, other.root)
  git(ours, 'remote', 'add', 'origin', other.root)
  git(ours, 'bitloops', 'init', '--agent', 'claude-code', '--remote', 'origin', '--push', 'manual')
  git(ours, 'bitloops', 'fetch')
  const diverge = async (): Promise<void> => {
    await grow(other, NEW)
    await grow(ours, NEW)
    await indexAll(ours)
  }
  const times: { readonly unite: number; readonly fetch: number; readonly N: number; readonly G: number }[] = []
  const { N, G } = base(ours)
  for (let round = 0; round <= ROUNDS; round += 1) {
    await diverge()
    git(ours, 'fetch', '--quiet')
    const unite = timed(() => { git(ours, 'bitloops', 'hook', 'post-merge') })
    await diverge()
    const fetch = timed(() => { git(ours, 'bitloops', 'fetch') })
    if (round > 0) times.push({ unite, fetch, N: timed(N.run), G: timed(G.run) })
  }
  const of = (name: keyof typeof times[number]): number => median(times.map((one) => one[name]))
  const row = { N: of('N'), G: of('G') }
  const what = `${NEW} + ${NEW} checkpoints at ${STORE.toLocaleString('en')}`
  return [
    { ...row, what: `unite ${what}, after a plain fetch`, ms: of('unite'),
      bar: { ms: of('N') + 1000, words: 'N + 1 s' } },
    { ...row, what: `git bitloops fetch of ${what}`, ms: of('fetch') },
  ]
}

export async function benchPush(): Promise<readonly Row[]> {
  const ours = await makeInitialised()
  await grow(ours, 10)
  await indexAll(ours)
  const remote = join(ours.sandbox.folder, 'remote.git')
  git(ours, 'init', '--quiet', '--bare', remote)
  git(ours, 'remote', 'add', 'origin', remote)
  git(ours, 'bitloops', 'init', '--agent', 'claude-code', '--remote', 'origin', '--push', 'auto')
  git(ours, 'bitloops', 'push')
  const hook = join(ours.root, '.git', 'hooks', 'pre-push')
  const pushed = `refs/heads/main ${git(ours, 'rev-parse', 'main').trim()} refs/heads/main ${'0'.repeat(40)}\n`
  const { G, hook: ms } = measure({
    G: base(ours).G,
    hook: { run: () => { call(hook, ['origin', remote], { cwd: ours.root, env: ours.env, input: pushed }) } },
  }, 20)
  ours.remove()
  return [{ what: 'pre-push hook with nothing queued', G, ms, bar: { ms: 3 * G, words: '3 G' } }]
}

export async function benchFirstFetch(): Promise<readonly Row[]> {
  const origin = await stageOf(FETCHED)
  let number = 0
  const clone = (): Place => {
    const root = join(origin.sandbox.folder, `clone-${number += 1}`)
    git(origin, 'clone', '--quiet', origin.root, root)
    return repositoryAt(origin.sandbox, root, join(root, '.git', 'bitloops'))
  }
  let place: Place = origin
  const { N, G, ...ms } = measure({
    ...base(origin),
    plain: {
      prepare: () => { place = clone() },
      run: () => { git(place, 'fetch', '--quiet', 'origin', ...OUR_REFS.map((ref) => `${ref}:${ref}`)) },
    },
    ours: {
      prepare: () => {
        place = clone()
        git(place, 'bitloops', 'init', '--agent', 'claude-code', '--local', '--remote', 'origin', '--push', 'manual')
      },
      run: () => { git(place, 'bitloops', 'fetch') },
    },
  }, ROUNDS)
  const what = `of ${FETCHED.toLocaleString('en')} checkpoints`
  return [
    { what: `git fetch ${what}, without us`, N, G, ms: ms.plain },
    { what: `first git bitloops fetch ${what}, with the index made`, N, G, ms: ms.ours },
  ]
}
