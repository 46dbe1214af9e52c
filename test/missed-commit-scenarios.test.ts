// Commits that no hook saw, found some time later: each takes the edits that it holds, and leaves the others to theirs.

import * as assert from 'uvu/assert'
import { readLinked, readOnly, sessionsBehind } from './support/checkpoints.ts'
import type { Player } from './support/player.ts'
import { hasDrafts, makeInitialised } from './support/repository.ts'
import type { TestRepository } from './support/repository.ts'
import { describe } from './support/suite.ts'
import { playStart } from './support/turn.ts'

const UNSEEN = 'git -c core.hooksPath=/dev/null commit --quiet'

const linesOf = (first: string, last: string): string => `${first}\none\ntwo\nthree\nfour\nfive\n${last}\n`

/** A file of seven lines, and a session that is about to change the first and the last one. */
async function withFile(work: (repository: TestRepository, claude: Player) => Promise<void>): Promise<void> {
  const repository = await makeInitialised()
  try {
    await repository.commit('Add a', { 'a.txt': linesOf('first', 'last') })
    const claude = await playStart(repository)
    await claude.prompt('Change both ends')
    await work(repository, claude)
  } finally {
    repository.remove()
  }
}

/** The time of a commit in whose second, as it tells, falls whatever is done in the next moment. */
const nextSecond = (): { readonly env: Readonly<Record<string, string>> } =>
  ({ env: { GIT_COMMITTER_DATE: `@${Math.floor(Date.now() / 1000) + 5} +0000` } })

describe('a commit that is found later', (it) => {
  it('PRO-18 leaves to the next one what it did not take', () => withFile(async (repository, claude) => {
    await claude.edit('a.txt', 'first', 'the beginning')
    await repository.git('add', 'a.txt')
    await claude.edit('a.txt', 'last', 'the end')
    await claude.stop('Done.')
    await repository.sh(`${UNSEEN} -m Beginning && ${UNSEEN} -am End`)
    await repository.bitloops('status')
    assert.equal(await sessionsBehind(repository, 'HEAD~1'), [claude.session])
    assert.equal(await sessionsBehind(repository, 'HEAD'), [claude.session])
    assert.not(hasDrafts(repository))
  }))

  it('PRO-18 leaves what was edited after it in its second to the commit that has it',
    () => withFile(async (repository, claude) => {
      await claude.edit('a.txt', 'first', 'the beginning')
      await repository.sh(`${UNSEEN} -am Beginning`, nextSecond())
      await claude.edit('a.txt', 'last', 'the end')
      await claude.stop('Done.')
      await repository.sh(`${UNSEEN} -am End`)
      await repository.bitloops('status')
      assert.equal(await sessionsBehind(repository, 'HEAD~1'), [claude.session])
      assert.equal(await sessionsBehind(repository, 'HEAD'), [claude.session])
    }))

  it('PRO-18 takes no edit that was made after it in its second and waits still',
    () => withFile(async (repository, claude) => {
      await claude.edit('a.txt', 'first', 'the beginning')
      await repository.sh(`${UNSEEN} -am Beginning`, nextSecond())
      await claude.edit('a.txt', 'last', 'the end')
      await claude.stop('Done.')
      await repository.commit('By the user', { 'b.txt': 'b\n' })
      assert.equal(await readLinked(repository), [])
      await repository.bitloops('promote', 'HEAD~1')
      const { record } = await readOnly(repository, 'HEAD~1')
      assert.equal(record.files.map(({ path, agentAdded }) => [path, agentAdded]), [['a.txt', 1]])
      assert.ok(hasDrafts(repository))
      await repository.sh('git commit --quiet -am End')
      assert.equal(await sessionsBehind(repository), [claude.session])
    }))

  it('PRO-18 leaves to a later commit what that one has, though it is promoted by name',
    () => withFile(async (repository, claude) => {
      await claude.edit('a.txt', 'first', 'the beginning')
      await repository.sh(`${UNSEEN} -am Beginning`)
      await claude.edit('a.txt', 'last', 'the end')
      await claude.stop('Done.')
      await repository.sh(`${UNSEEN} -am End`)
      await repository.bitloops('promote', 'HEAD~1')
      await repository.bitloops('promote', 'HEAD')
      assert.equal(await sessionsBehind(repository, 'HEAD~1'), [claude.session])
      assert.equal(await sessionsBehind(repository, 'HEAD'), [claude.session])
    }))

  for (const [what, path] of [['another file', 'b.txt'], ['the same file', 'a.txt']] as const) {
    it(`PRO-18 is found by the hook of the next one, which changes ${what}`, () =>
      withFile(async (repository, claude) => {
        await claude.edit('a.txt', 'first', 'the beginning')
        await claude.write('b.txt', 'b\n')
        await claude.stop('Done.')
        await repository.sh(`${UNSEEN} -am Beginning`)
        await repository.commit('Seen', { [path]: `${linesOf('the beginning', 'last')}more\n` })
        assert.equal(await sessionsBehind(repository, 'HEAD~1'), [claude.session])
      }))
  }

  it('PRO-18 and amended by one that a hook saw is no commit any more', () => withFile(async (repository, claude) => {
    await claude.edit('a.txt', 'first', 'the beginning')
    await claude.edit('a.txt', 'last', 'the end')
    await claude.stop('Done.')
    await repository.sh(`${UNSEEN} -am Both && git commit --quiet --amend -m Better`)
    assert.equal(await sessionsBehind(repository), [claude.session])
    await repository.sh(`git reset --quiet --soft HEAD~1 && git commit --quiet -m Again`)
    assert.equal(await sessionsBehind(repository), [claude.session])
  }))

  it('PRO-18 and reset is no commit any more', () => withFile(async (repository, claude) => {
    await claude.edit('a.txt', 'first', 'the beginning')
    await claude.stop('Done.')
    await repository.sh(`${UNSEEN} -am Both && git reset --quiet --soft HEAD~1 && git commit --quiet -m Again`)
    assert.equal(await sessionsBehind(repository), [claude.session])
  }))
})
