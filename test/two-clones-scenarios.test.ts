// Two clones work apart, rewrite, push, fetch and purge in a random order, and end with the same checkpoints and
// answers. A failure names its seed; BITLOOPS_SEED=<seed> runs that one again, BITLOOPS_SOAK=1 a few hundred steps.

import * as assert from 'uvu/assert'
import { CHECKPOINTS_REF, NOTES_REF } from '../src/model/checkpoint.ts'
import type { CheckpointId } from '../src/model/ids.ts'
import { randomFrom } from './agents/random.ts'
import { addCheckpoint, checkpointsIn, makeClones, noteLines, purgeHere, treeOf } from './support/clones.ts'
import type { TestRepository } from './support/repository.ts'
import { describe } from './support/suite.ts'

const isSoak = process.env['BITLOOPS_SOAK'] === '1'
const STEPS = isSoak ? 300 : 30
const FIRST_SEED = Number(process.env['BITLOOPS_SEED'] ?? 20_261_121)
const FORMATS = ['sha1', 'sha256'] as const

const randomOf = (seed: number): Story['random'] => {
  const random = randomFrom(seed)
  return (below) => Math.floor(random() * below)
}

interface Story {
  /** A whole number from 0, below this. */
  readonly random: (below: number) => number
  readonly clones: readonly TestRepository[]
  readonly remote: TestRepository
  readonly told: string[]
  readonly purged: Set<CheckpointId>
  number: number
}

type Step = (story: Story, clone: TestRepository) => Promise<void>

const commit: Step = async (story, clone) => {
  story.number += 1
  await clone.commit(`Work ${story.number}`, { [`file-${story.random(5)}.txt`]: `${story.number}\n` })
  await addCheckpoint(clone, { number: story.number })
}

const STEPS_TO_TAKE: readonly (readonly [name: string, weight: number, step: Step])[] = [
  ['commit', 6, commit],
  ['again', 1, async (story, clone) => {
    story.number += 1
    await addCheckpoint(clone, { number: story.number })
  }],
  ['amend', 3, async (story, clone) => {
    await clone.git('commit', '-q', '--amend', '--allow-empty', '-m', `Amended ${story.number}.${story.random(1000)}`)
  }],
  ['squash', 1, async ({ random }, clone) => {
    const depth = Number(await clone.git('rev-list', '--count', 'HEAD'))
    if (depth < 4) return
    const how = random(2) === 0 ? 'fixup' : 'squash'
    await clone.sh(`GIT_SEQUENCE_EDITOR="sed -i '2s/^pick/${how}/'" GIT_EDITOR=true git rebase -q -i HEAD~2`)
  }],
  ['push', 3, async (_, clone) => { await clone.bitloops('push') }],
  ['git push', 2, async (_, clone) => { await clone.tryGit('push', '-q', '--force', 'origin', 'HEAD') }],
  ['fetch', 2, async (_, clone) => { await clone.bitloops('fetch') }],
  ['git fetch, log', 2, async (_, clone) => {
    await clone.git('fetch', '-q')
    await clone.bitloops('log', '-n', '1')
  }],
  ['overwrite notes', 1, async (_, clone) => {
    await clone.tryGit('fetch', '-q', 'origin', '+refs/notes/*:refs/notes/*')
  }],
  ['purge', 1, async (story, clone) => {
    const known = await checkpointsIn(clone)
    const id = known[story.random(Math.max(1, known.length))] as CheckpointId | undefined
    if (id === undefined || story.purged.size > story.number / 8) return
    await purgeHere(clone, id)
    story.purged.add(id)
  }],
]

async function live(story: Story): Promise<void> {
  const weights = STEPS_TO_TAKE.reduce((sum, [, weight]) => sum + weight, 0)
  for (let at = 0; at < STEPS; at += 1) {
    const who = story.random(2)
    let left = story.random(weights)
    const [name, , step] = STEPS_TO_TAKE.find(([, weight]) => (left -= weight) < 0)!
    story.told.push(`${who === 0 ? 'one' : 'two'}: ${name}`)
    await step(story, story.clones[who]!)
  }
}

/** Both bring everything of theirs to the remote, and take what is there. */
async function settle({ clones }: Story): Promise<void> {
  for (const round of [1, 2]) {
    for (const clone of clones) {
      await clone.git('push', '-q', '--force', '--no-verify', 'origin', 'HEAD')
      const pushed = await clone.bitloops('push')
      assert.is(pushed.code, 0, `round ${round}: ${pushed.output}`)
    }
  }
  for (const clone of clones) {
    await clone.git('fetch', '-q')
    const fetched = await clone.bitloops('fetch')
    assert.is(fetched.code, 0, fetched.output)
  }
}

async function explainAll(clone: TestRepository): Promise<readonly string[]> {
  const commits = (await clone.git('rev-list', '--remotes=origin')).split('\n').sort()
  const answers: string[] = []
  for (const oid of isSoak ? commits : commits.slice(0, 12)) {
    const { code, stdout } = await clone.bitloops('explain', '--json', oid)
    answers.push(`${oid} ${code} ${stdout}`)
  }
  return answers
}

async function compare(story: Story): Promise<void> {
  const { clones: [one, two], remote, purged } = story
  assert.equal([...await treeOf(one!, CHECKPOINTS_REF)], [...await treeOf(two!, CHECKPOINTS_REF)])
  assert.equal([...await treeOf(one!, CHECKPOINTS_REF)], [...await treeOf(remote, CHECKPOINTS_REF)])
  assert.equal([...await treeOf(one!, NOTES_REF)], [...await treeOf(two!, NOTES_REF)])
  const wanted = Array.from({ length: story.number }, (_, at) => at + 1)
  assert.is((await checkpointsIn(one!)).length, wanted.length - purged.size,
    'every checkpoint, less those that were purged')
  for (const each of [one!, two!, remote]) {
    const fsck = await each.tryGit('fsck', '--no-dangling')
    assert.is(`${fsck.code}${fsck.output}`, '0')
    const reachable = await each.git('rev-list', '--objects', '--all')
    for (const id of purged) assert.not.match(reachable, `${id}/session.json`)
  }
  const lines = await noteLines(one!)
  for (const id of purged) assert.is(lines.some((line) => line.startsWith(id)), false)
  assert.equal(await explainAll(one!), await explainAll(two!))
}

describe('two clones', (it) => {
  for (const [at, objectFormat] of FORMATS.entries()) {
    const seed = FIRST_SEED + at
    it(`end with the same checkpoints, notes and answers (${objectFormat}, seed ${seed})`, async () => {
      const { remote, clones } = await makeClones(['one', 'two'], { objectFormat })
      for (const [who, clone] of clones.entries()) await clone.git('switch', '-q', '-c', `branch-${who}`)
      const story: Story = { random: randomOf(seed), clones, remote, told: [], purged: new Set(), number: 0 }
      for (const clone of clones) await commit(story, clone)
      try {
        await live(story)
        await settle(story)
        await compare(story)
      } catch (error) {
        (error as Error).message += `\nseed ${seed}: ${story.told.join(' · ')}`
        throw error
      }
      remote.remove()
    })
  }
})
