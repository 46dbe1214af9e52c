// The rewriting scenarios REW-23 and REW-24: notes that Git copies as well, and files of odd names.

import * as assert from 'uvu/assert'
import { noteOf } from './support/checkpoints.ts'
import { doctor, told } from './support/doctor.ts'
import { commitAll, makeInitialised } from './support/repository.ts'
import { assertLinks, commitLinked, commitLinkedAll, idsOf, rebaseWith, run } from './support/rewriting.ts'
import { describe } from './support/suite.ts'
import { numbered, playTurn } from './support/turn.ts'

describe('whatever else', (it) => {
  it('REW-23 notes that Git copies as well show no line twice, and no blank ones', async () => {
    const repository = await makeInitialised()
    await run(repository, 'git config notes.rewriteRef refs/notes/bitloops && git switch -q -c topic')
    const [a, b] = await commitLinkedAll(repository, 'a.txt', 'b.txt')
    await run(repository, 'git commit -q --amend -m new')
    await assertLinks(repository, { HEAD: [b!] })
    assert.equal(await noteOf(repository), await noteOf(repository, b!.oid))
    await rebaseWith(repository, '2s/pick/fixup/', 'HEAD~2')
    await assertLinks(repository, { HEAD: [a!, b!] })
    const note = await repository.git('notes', '--ref=bitloops', 'show', 'HEAD')
    assert.not.match(note, /\n\n/)
    assert.is(new Set(note.split('\n')).size, note.split('\n').length)
    repository.remove()
  })

  it('REW-23 notes that Git copies to a commit that holds nothing of theirs are taken back', async () => {
    for (const work of ['a.txt', 'mine.txt']) {
      const repository = await makeInitialised()
      await run(repository, 'git config notes.rewriteRef refs/notes/bitloops && git switch -q -c topic')
      const a = await commitLinked(repository, 'a.txt')
      if (work === 'mine.txt') await repository.commit('By hand', { [work]: 'mine\n' })
      const [b, c] = await commitLinkedAll(repository, 'b.txt', 'c.txt')
      await run(repository, 'git switch -q main && echo theirs >b.txt && git add b.txt && git commit -q -m theirs')
      await repository.sh('git rebase -q main topic')
      await run(repository, 'git rebase --skip')
      await assertLinks(repository, { HEAD: [c!], 'HEAD~1': work === 'a.txt' ? [a] : [], [b!.oid]: [b!] })
      await rebaseWith(repository, '1s/pick/edit/', 'HEAD~1')
      await run(repository, 'git commit -q --allow-empty -m empty && git rebase --continue')
      await assertLinks(repository, { 'HEAD~1': [c!], HEAD: [] })
      assert.equal(told(await doctor(repository)), '')
      repository.remove()
    }
  })

  it('REW-24 a file of an odd name, shifted upstream, is explained after the rebase', async () => {
    const repository = await makeInitialised()
    const path = 'ä/p b/ü.txt'
    await repository.commit('Lines', { [path]: numbered(60, 'line') })
    await run(repository, 'git switch -q -c topic')
    const changed = numbered(60, 'line').replace('line 50\n', 'line fifty\n')
    const claude = await playTurn(repository, 'Change line 50', { [path]: changed })
    await run(repository, commitAll('fifty'))
    const [id] = await idsOf(repository)
    await run(repository, 'git switch -q main')
    await repository.commit('Shift', { [path]: numbered(40, 'more') + numbered(60, 'line') })
    await run(repository, 'git rebase -q main topic')
    await assertLinks(repository, { HEAD: [{ oid: '', id: id! }], main: [] })
    const { stdout } = await repository.bitloops('explain')
    assert.match(stdout, 'Change line 50')
    assert.match(stdout, claude.session)
    repository.remove()
  })
})
