// explain through the built program: what it tells, and what it says where there is nothing to tell.

import * as assert from 'uvu/assert'
import {
  OTHER_SESSION, SESSION, checkpointId, checkpointRecord, entry, sessionRecord, writeCheckpoints, writeNotes,
} from './support/checkpoint-fixture.ts'
import { makeRepository } from './support/repository.ts'
import type { TestRepository } from './support/repository.ts'
import { describe } from './support/suite.ts'

/** A repository whose last commit has a checkpoint; the one before has none. */
async function makeLinked(): Promise<{ repository: TestRepository; plain: string; linked: string }> {
  const repository = await makeRepository()
  const plain = await repository.commit('Begin', { 'README.md': '# Example\n' })
  const linked = await repository.commit('Limit logins', { 'src/login.ts': 'export {}\n' })
  await writeCheckpoints(repository, [{
    record: checkpointRecord(linked),
    transcript: [
      entry({ kind: 'prompt', text: 'Limit how often somebody can try to log in.', origin: 'human' }),
      entry({ kind: 'reasoning', text: 'One process serves all logins.' }),
      entry({ kind: 'tool-call', tool: 'Edit', call: 'c1', input: { file_path: 'src/login.ts', new_string: 'x' } }),
      entry({ kind: 'tool-result', call: 'c1', outcome: 'failed', output: 'no such text' }),
      entry({ kind: 'response', text: 'It answers 429 now.' }),
    ],
  }])
  return { repository, plain, linked }
}

describe('git bitloops explain', (it) => {
  it('tells agent, model, duration, prompt, reasons and files of the last commit', async () => {
    const { repository, linked } = await makeLinked()
    const { code, stdout, stderr } = await repository.bitloops('explain')
    assert.is(code, 0)
    assert.is(stderr, '')
    for (const part of [
      `commit ${linked}`, 'Limit logins', 'claude-code · claude-opus-4-5 · 2 turns · 14m',
      'turn 3    Limit how often somebody can try to log in.', 'decided   Token bucket in memory (turn 3)',
      'because one process serves all logins', 'rejected  Sliding window', 'bound by  No new dependencies',
      'turn 4    Added a test that tries six times.', 'One process serves all logins.',
      'src/login.ts        +118 −14  110 of the added lines by the agent', 'TokenBucket.take',
      'made for this commit; its recorded edits of 2 files are in the commit', checkpointId(1), SESSION,
    ]) assert.ok(stdout.includes(part), `${part} is missing in:\n${stdout}`)
    assert.ok(stdout.indexOf('Asked') < stdout.indexOf('Why') && stdout.indexOf('Why') < stdout.indexOf('Files'))
    assert.ok(stdout.split('\n').every((line) => [...line].length <= 80))
    repository.remove()
  })

  it('says of a commit without one why, in one line, and exits 1', async () => {
    const repository = await makeRepository()
    await repository.commit('Begin', { 'README.md': '# Example\n' })
    const before = await repository.bitloops('explain')
    assert.is(before.code, 1)
    assert.match(before.stdout, /^no reasoning is kept for [0-9a-f]{10} \(Begin\): git-bitloops is not set up[^\n]*\n$/)
    assert.is(before.stderr, 'hint: git bitloops init\n')

    await repository.bitloops('init', '--agent', 'claude-code')
    assert.match((await repository.bitloops('explain')).stdout, /no session has been recorded in this clone yet/)
    repository.remove()
  })

  it('takes short ids, branches, tags, HEAD~n and checkpoint ids', async () => {
    const { repository, linked } = await makeLinked()
    await repository.git('tag', 'v1')
    await repository.commit('After', { 'b.txt': 'b\n' })
    const oidOf = async (target: string): Promise<string> => {
      const { stdout } = await repository.bitloops('explain', target, '--json')
      return (JSON.parse(stdout) as { commit: { oid: string } }).commit.oid
    }
    await repository.git('branch', 'topic', linked)
    const id = checkpointId(1)
    for (const target of [linked.slice(0, 7), 'topic', 'v1', 'HEAD~1', id, id.toLowerCase(), id.slice(0, 4)]) {
      assert.is(await oidOf(target), linked, target)
    }
    repository.remove()
  })

  it('lists at most five choices of an ambiguous beginning', async () => {
    const { repository, linked } = await makeLinked()
    const ids = [2, 3, 4, 5, 6, 7]
    const records = ids.map((seq) => checkpointRecord(linked, { id: checkpointId(seq), seq }))
    await writeCheckpoints(repository, records.map((record) => ({ record })))
    const { code, stderr } = await repository.bitloops('explain', '01KAHT')
    assert.is(code, 128)
    assert.equal(stderr.match(/01KAHTEST0/g)?.length, 5)
    assert.match(stderr, /^fatal: '01KAHT' is the beginning of several checkpoints\n/)
    repository.remove()
  })

  it('names what a link leads to but is not here, and how to bring it', async () => {
    const repository = await makeRepository()
    const commit = await repository.commit('Begin', { 'a.txt': 'a\n' })
    await writeCheckpoints(repository, [{ record: checkpointRecord(commit), stored: false }])
    const { code, stderr } = await repository.bitloops('explain')
    assert.is(code, 1)
    assert.match(stderr, /^warning: checkpoint 01KAHTEST0+1 is linked, but not in this clone\nhint: git bitloops fetch/)
    repository.remove()
  })

  it('names the checkpoint of a note that is not here, and the one without a link', async () => {
    const repository = await makeRepository()
    const commit = await repository.commit('Begin', { 'a.txt': 'a\n' })
    const line = `${checkpointId(9)} 10 intent Do it\n`
    await writeNotes(repository, { [commit]: `\n\nfoo\n${line}${line}` })
    const noted = await repository.bitloops('explain')
    assert.is(noted.code, 1)
    assert.match(noted.stdout, /its note names checkpoint 01KAHTEST00000000000000009, which is not in this clone/)

    await writeCheckpoints(repository, [{ record: checkpointRecord(commit, { id: checkpointId(9) }), linkedTo: false }])
    const unlinked = await repository.bitloops('explain')
    assert.is(unlinked.code, 1)
    assert.match(unlinked.stdout, /01KAHTEST00000000000000009 was made for it, but no link leads there/)
    repository.remove()
  })

  it('says that a newer version wrote a checkpoint, and shows what it can beside garbage', async () => {
    const { repository, linked } = await makeLinked()
    const folder = `${linked.slice(0, 2)}/${linked}`
    const newer = { ...checkpointRecord(linked, { id: checkpointId(2) }), schema: 2 }
    await writeCheckpoints(repository, [{ record: newer }], {
      [`.bitloops/links/v1/${folder}/README`]: 'not a link\n',
      [`.bitloops/links/v1/${folder}/${checkpointId(3)}.json`]: '{"schema": 1, "commit": 7}',
    })
    const { code, stdout, stderr } = await repository.bitloops('explain')
    assert.is(code, 0)
    assert.ok(stdout.includes('Token bucket in memory'))
    assert.match(stderr, /checkpoint 01KAHTEST00000000000000002 was written by a newer git-bitloops \(format 2\)/)
    assert.match(stderr, /checkpoint 01KAHTEST00000000000000003 cannot be read: a link that does not fit its place/)
    repository.remove()
  })

  it('follows links over several rewrites, and leaves out what was unlinked', async () => {
    const { repository, linked } = await makeLinked()
    const second = await repository.commit('Amended', { 'src/login.ts': 'export {} //\n' })
    const third = await repository.commit('Amended again', { 'src/login.ts': 'export {} ///\n' })
    const record = checkpointRecord(linked)
    await writeCheckpoints(repository, [
      { record, linkedTo: second },
      { record, linkedTo: third, link: { from: second as never } },
    ])
    const { stdout } = await repository.bitloops('explain', third)
    assert.ok(stdout.includes(` of ${second.slice(0, 10)}`))

    const folder = `.bitloops/links/v1/${third.slice(0, 2)}/${third}`
    await writeCheckpoints(repository, [], { [`${folder}/${checkpointId(1)}.unlink`]: '{}' })
    assert.is((await repository.bitloops('explain', third)).code, 1)
    repository.remove()
  })

  it('shows the conversation, the tool calls and only the session that is wanted', async () => {
    const { repository, linked } = await makeLinked()
    const sessions = [sessionRecord({ session: OTHER_SESSION, models: ['claude-haiku-4-5'] })]
    await writeCheckpoints(repository, [{
      record: checkpointRecord(linked, { id: checkpointId(2), seq: 1, statements: [], sessions }),
    }])
    const conversation = (await repository.bitloops('explain', '--transcript')).stdout
    assert.match(conversation, /you {2}turn 3\n +Limit how often[^]*thinking[^]*→ Edit[^]*← failed[^]*answers 429 now/)
    const full = (await repository.bitloops('explain', '--full')).stdout
    assert.match(full, /Steps\n {2}turn 3 +Edit src\/login\.ts \(failed\)/)

    const only = (await repository.bitloops('explain', '--session', 'c0ffee')).stdout
    assert.ok(only.includes('claude-haiku-4-5') && !only.includes('claude-opus-4-5'))
    const none = await repository.bitloops('explain', '--session', '0012345')
    assert.is(none.code, 1)
    assert.match(none.stdout, new RegExp(`no session '0012345' led to .*; these did: ${SESSION}, ${OTHER_SESSION}`))
    repository.remove()
  })

  it('tells a checkpoint that two clones made only once', async () => {
    const { repository, linked } = await makeLinked()
    await writeCheckpoints(repository, [{ record: checkpointRecord(linked, { id: checkpointId(2) }) }])
    const { stdout } = await repository.bitloops('explain')
    assert.is(stdout.match(/Token bucket in memory/g)?.length, 1)
    assert.match(stdout, /checkpoint 01KAHTEST00000000000000001, 01KAHTEST00000000000000002/)
    repository.remove()
  })

  it('gives a range in short, and each commit in JSON with whole ids', async () => {
    const { repository, plain, linked } = await makeLinked()
    await repository.commit('By hand', { 'b.txt': 'b\n' })
    const { code, stdout } = await repository.bitloops('explain', `${plain}..HEAD`)
    assert.is(code, 0)
    assert.match(stdout, /^[0-9a-f]{10} By hand {2}\(no reasoning\)\n[0-9a-f]{10} Limit logins\n {2}claude-code/)
    const json = JSON.parse((await repository.bitloops('explain', '--json', `${plain}..HEAD`)).stdout) as
      { schema: number; commits: { commit: { oid: string }; checkpoints: { id: string }[] }[] }
    assert.is(json.schema, 1)
    assert.is(json.commits[1]!.commit.oid, linked)
    assert.is(json.commits[1]!.checkpoints[0]!.id, checkpointId(1))
    repository.remove()
  })

  it('prints no control character of what it read', async () => {
    const repository = await makeRepository()
    const commit = await repository.commit('Begin', { 'a.txt': 'a\n' })
    const prompt = 'Say \u001b]8;;https://example.com\u0007hi\u001b]8;;\u0007 \u202eolleh\u0000'
    const [turn] = sessionRecord().turns
    const sessions = [sessionRecord({ turns: [{ ...turn!, prompt }] })]
    await writeCheckpoints(repository, [{ record: checkpointRecord(commit, { sessions }) }])
    for (const args of [[], ['--short'], ['--json'], ['--full']]) {
      const { stdout } = await repository.bitloops('explain', ...args)
      assert.not.match(stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
      assert.ok(stdout.includes('hi'))
    }
    repository.remove()
  })

  it('refuses a line, an unknown name and an empty repository clearly', async () => {
    const repository = await makeRepository()
    const empty = await repository.bitloops('explain')
    assert.equal([empty.code, empty.stderr], [128, 'fatal: there is no commit yet\n'])
    await repository.commit('Begin', { 'a.txt': 'a\n' })
    const line = await repository.bitloops('explain', 'a.txt:1')
    assert.is(line.code, 128)
    assert.match(line.stderr, /^fatal: 'a\.txt:1' names a line, .*\nhint: git blame/)
    const unknown = await repository.bitloops('explain', '--', '--upload-pack=x')
    assert.is(unknown.code, 128)
    assert.is(unknown.stderr, 'fatal: \'--upload-pack=x\' is neither a revision nor a checkpoint\n')
    repository.remove()
  })
})
