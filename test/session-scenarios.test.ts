// Sessions that are kept without a commit: at their end, at a compaction, and when the user says so.

import * as assert from 'uvu/assert'
import { noteOf, readLinked, readOnly, textOf } from './support/checkpoints.ts'
import { makeKeeping, promptsOf, readAll, readSessions, waitForSessions } from './support/keeping.ts'
import { commitAll, hasDrafts, makeInitialised, makeRepository } from './support/repository.ts'
import { run } from './support/rewriting.ts'
import { describe } from './support/suite.ts'
import { playStart, playTurn } from './support/turn.ts'

for (const objectFormat of ['sha1', 'sha256'] as const) {
  describe(`a session that ends without a commit (${objectFormat})`, (it) => {
    it('SES-01 is kept, shown, counted, and linked to the commit that later holds its edits', async () => {
      const repository = await makeKeeping({ objectFormat })
      const head = await repository.git('rev-parse', 'HEAD')
      const claude = await playStart(repository)
      await claude.prompt('Limit the login route')
      await claude.think('One process serves all logins.')
      await claude.write('limit.txt', 'five a minute\n')
      await claude.stop('It is limited.')
      await claude.end()
      const [kept] = await waitForSessions(repository, 1)
      const { id } = kept!.record
      assert.equal([kept!.record.kind, kept!.record.origin.commit, kept!.record.origin.branch],
        ['session', head, 'main'])
      assert.equal(kept!.record.evidence, [{ session: claude.session, why: 'session' }])
      assert.equal(kept!.record.files,
        [{ path: 'limit.txt', change: 'create', evidence: 'tool', sessions: [claude.session] }])
      assert.match(textOf({ ...kept!, link: undefined! }), 'One process serves all logins.')
      assert.equal([await readLinked(repository), await noteOf(repository)], [[], []])
      assert.ok(hasDrafts(repository), 'its edits wait for their commit')

      await repository.waitForIdle()
      const shown = await repository.bitloops('explain', id.slice(0, 20).toLowerCase())
      assert.is(shown.code, 0)
      assert.match(shown.stdout, `a session kept without a commit, on top of ${head.slice(0, 10)} (Begin)`)
      assert.match(shown.stdout, 'Limit the login route')
      assert.is((await repository.bitloops('explain')).code, 1, 'the commit it stands on has no reasoning')
      const rows = (await repository.bitloops('log')).stdout.split('\n')
      assert.match(rows[0]!, `${head.slice(0, 10)}  –`)
      assert.match(rows[1]!, new RegExp(`^ {2}session {3}claude-code.*Limit the login route {2}${id}$`))
      assert.match((await repository.bitloops('status', '--porcelain')).stdout, /^checkpoints 1$/m)
      assert.is((await repository.bitloops('doctor', '--verify')).code, 0)

      await run(repository, commitAll('Limit logins'))
      const linked = await readOnly(repository)
      assert.equal([linked.record.id, linked.link.evidence, linked.link.from, linked.link.by],
        [id, 'attached', head, 'promotion'])
      assert.equal(await noteOf(repository), kept!.record.note)
      assert.not(hasDrafts(repository))
      const explained = await repository.bitloops('explain')
      assert.match(explained.stdout, `kept on top of ${head.slice(0, 10)} before this commit, linked by its edits`)
      assert.is(explained.stdout.split('Limit the login route').length, 2, 'the prompt is shown once')
      assert.equal((await repository.bitloops('log')).stdout.split('\n').filter((row) => /session/.test(row)), [])
      assert.is((await repository.bitloops('doctor', '--verify')).code, 0)

      await run(repository, 'git commit -q --amend -m "Limit all logins"')
      const amended = await readOnly(repository)
      assert.equal([amended.record.id, amended.link.evidence, amended.link.by], [id, 'rewrite', 'amend'])
      assert.equal(await noteOf(repository), kept!.record.note)
      assert.is((await repository.bitloops('doctor', '--verify')).code, 0)
      repository.remove()
    })
  })
}

describe('a session checkpoint', (it) => {
  it('SES-02 is not made with the strategy manual_commit, nor of a session in which nothing was said', async () => {
    const manual = await makeInitialised()
    const claude = await playTurn(manual, 'How do others do it?', {})
    await claude.end()
    await manual.waitForIdle()
    assert.equal(await readAll(manual), [])
    manual.remove()

    const repository = await makeKeeping()
    const silent = await playStart(repository)
    await silent.end()
    await repository.waitForIdle()
    assert.equal(await readAll(repository), [])
    assert.is((await repository.bitloops('log')).code, 0)
    repository.remove()
  })

  it('SES-03 goes on with another one when the session is resumed, and tells nothing twice', async () => {
    const repository = await makeKeeping()
    const claude = await playTurn(repository, 'How do others do it?', {})
    await claude.end()
    await waitForSessions(repository, 1)
    await claude.start('resume')
    await playTurn(repository, 'And what about us?', {}, claude)
    await claude.end()
    const kept = await waitForSessions(repository, 2)
    assert.equal([...promptsOf(kept)].sort(), ['And what about us?', 'How do others do it?'])
    const slices = kept.map(({ record }) => record.sessions[0]!.transcript!).sort((one, other) => one.from - other.from)
    assert.is(slices[0]!.to, slices[1]!.from)
    await repository.waitForIdle()
    assert.is((await repository.bitloops('doctor', '--verify')).code, 0)
    repository.remove()
  })

  it('SES-04 is made at a compaction, and what follows belongs to the commit', async () => {
    const repository = await makeKeeping()
    const claude = await playTurn(repository, 'Write a', { 'a.txt': 'a\n' })
    await claude.compact('We wrote a.')
    const [kept] = await waitForSessions(repository, 1)
    assert.ok(textOf({ ...kept!, link: undefined! }).includes('Write a: done.'))
    await playTurn(repository, 'Write b', { 'b.txt': 'b\n' }, claude)
    await run(repository, commitAll('A and b'))
    const linked = await readLinked(repository)
    assert.equal(linked.map(({ record, link }) => [record.kind, link.evidence]).sort(),
      [['commit', 'commit'], ['session', 'attached']])
    const own = linked.find(({ record }) => record.kind === 'commit')!
    assert.equal(own.record.files.map(({ path }) => path).sort(), ['a.txt', 'b.txt'])
    assert.equal(own.record.sessions[0]!.turns.map(({ prompt }) => prompt), ['Write b'])
    const explained = (await repository.bitloops('explain')).stdout
    for (const prompt of ['Write a', 'Write b']) assert.is(explained.split(new RegExp(`${prompt}$`, 'm')).length, 2)
    assert.match(explained, '— said before, and kept as a session —')
    repository.remove()
  })

  it('SES-05 is linked to each of the commits that hold a part of its edits', async () => {
    const repository = await makeKeeping()
    const claude = await playTurn(repository, 'Write both', { 'a.txt': 'a\n', 'b.txt': 'b\n' })
    await claude.end()
    const [kept] = await waitForSessions(repository, 1)
    await run(repository, 'git add a.txt && git commit -q -m A && git add b.txt && git commit -q -m B')
    for (const revision of ['HEAD', 'HEAD~1']) {
      assert.is((await readOnly(repository, revision)).record.id, kept!.record.id)
    }
    assert.is((await readAll(repository)).length, 1)
    repository.remove()
  })

  it('SES-06 is made before the first commit, and the first commit is linked to it', async () => {
    const repository = await makeRepository()
    assert.is((await repository.bitloops('init', '--agent', 'claude-code', '--local')).code, 0)
    await repository.git('config', 'bitloops.strategy', 'session')
    const claude = await playTurn(repository, 'Begin', { 'a.txt': 'a\n' })
    await claude.end()
    const [kept] = await waitForSessions(repository, 1)
    assert.equal([kept!.record.origin.commit, kept!.record.origin.parents], ['0'.repeat(40), []])
    await repository.waitForIdle()
    assert.match((await repository.bitloops('explain', kept!.record.id)).stdout, 'before the first commit')
    assert.match((await repository.bitloops('log')).stdout, new RegExp(`^ {2}session .*Begin {2}${kept!.record.id}\n$`))
    await run(repository, 'git add a.txt && git commit -q -m First')
    assert.is((await readOnly(repository)).record.id, kept!.record.id)
    assert.is((await repository.bitloops('doctor', '--verify')).code, 0)
    repository.remove()
  })

  it('SES-07 of research is made by hand: of the last session, or of one by the beginning of its id', async () => {
    const repository = await makeInitialised()
    const first = await playTurn(repository, 'How do others do it?', {})
    const last = await playTurn(repository, 'What would it cost?', {})
    const made = await repository.bitloops('promote', '--session')
    assert.equal([made.code, made.stderr], [0, ''])
    assert.match(made.stdout, `made of session ${last.session}.`)
    const again = await repository.bitloops('promote', '--session')
    assert.equal([again.code, again.stdout],
      [1, `Nothing was said in session ${last.session} that no checkpoint has.\n`])
    assert.is((await repository.bitloops('promote', '--session', first.session.slice(0, 8))).code, 0)
    assert.is((await repository.bitloops('promote', '--session', 'nobody')).code, 128)
    assert.equal([...promptsOf(await readSessions(repository))].sort(), ['How do others do it?', 'What would it cost?'])
    repository.remove()
  })
})
