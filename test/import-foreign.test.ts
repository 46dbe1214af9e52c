// What git-ai kept becomes checkpoints, once, and its refs stay as they are. Entire's are in store/entire-sessions.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { formatForeignImport } from '../src/model/foreign-import.ts'
import { noteOf, readOnly, textOf } from './support/checkpoints.ts'
import { addToRef, countsOf, importFrom } from './support/foreign.ts'
import { makeRepository } from './support/repository.ts'
import type { TestRepository } from './support/repository.ts'
import { PROJECT } from './support/sandbox.ts'
import { GITHUB } from './support/secrets.ts'
import { describe } from './support/suite.ts'

const readFixture = (path: string): string => readFileSync(join(PROJECT, 'fixtures', path), 'utf8')
const addNote = async (repository: TestRepository, text: string, commit = 'HEAD', ref = 'ai'): Promise<void> => {
  const file = join(repository.sandbox.folder, 'note')
  await repository.sh(`cat >'${file}'`, { input: text })
  await repository.git('notes', `--ref=${ref}`, 'add', '-f', '-F', file, commit)
}
const refsOf = (repository: TestRepository, ...below: readonly string[]): Promise<string> =>
  repository.git('for-each-ref', '--format=%(refname) %(objectname)', ...below)
const MAIN = 'zero\none\ntwo\n}\nfive\nsix\n'

/** A commit that a note of git-ai with prompts fits. */
async function makeNoted(): Promise<TestRepository> {
  const repository = await makeRepository({ clock: 'fixed' })
  await repository.commit('Begin', { 'README.md': '# Example\n' })
  await repository.commit('Add main', { 'src/main.ts': MAIN, 'docs/my page.md': 'one\ntwo\n', 'mine.txt': 'mine\n' })
  await addNote(repository, readFixture('foreign/git-ai-prompts.txt'))
  return repository
}

describe('import from git-ai', (it) => {
  it('makes a checkpoint of each noted commit, with its sessions, conversations and lines', async () => {
    const repository = await makeNoted()
    const theirs = await refsOf(repository, 'refs/notes/ai')
    assert.equal(countsOf(await importFrom(repository, 'git-ai')), { imported: 1 })
    const { record, link, entries } = await readOnly(repository)
    assert.equal([link.by, link.evidence, record.kind], ['import', 'commit', 'commit'])
    assert.equal(record.sessions.map(({ agent, foundBy, models, turns }) => [agent, foundBy, models, turns.length]),
      [['cursor', 'git-ai', ['claude-4.5-opus'], 2], ['claude-code', 'git-ai', ['claude-3-sonnet'], 0]])
    assert.is(record.sessions[0]!.turns[0]!.prompt, 'Add error handling to main')
    assert.equal(record.evidence.map(({ why, paths }) => [why, paths]),
      [['imported', ['docs/my page.md', 'src/main.ts']], ['imported', ['src/main.ts']]])
    const [page, main] = record.files
    assert.equal([page!.path, page!.added, page!.agentAdded, page!.sessions.length], ['docs/my page.md', 2, 2, 1])
    assert.equal([main!.path, main!.added, main!.agentAdded, main!.sessions.length], ['src/main.ts', 6, 5, 2])
    assert.is(entries.filter(({ kind }) => kind === 'reasoning').length, 1)
    assert.is(textOf(await readOnly(repository)).includes('example.com'), false)
    assert.match((await noteOf(repository)).join('\n'), 'intent Add error handling to main')
    assert.is(await refsOf(repository, 'refs/notes/ai'), theirs)
    repository.remove()
  })

  it('is told by explain and given to others by export, line by line', async () => {
    const repository = await makeNoted()
    await importFrom(repository, 'git-ai')
    const { stdout } = await repository.bitloops('explain')
    for (const words of ['Add error handling to main', 'imported from git-ai', 'another tool kept']) {
      assert.match(stdout, words)
    }
    const exported = await repository.bitloops('export', '--format', 'agent-trace')
    const { files } = JSON.parse(exported.stdout) as
      { files: { path: string; conversations: { contributor: object; ranges: { start_line: number }[] }[] }[] }
    assert.equal(files.map(({ path, conversations }) => [path, conversations.map(({ contributor, ranges }) =>
      [...Object.values(contributor), ...ranges.map(Object.values).map(String)])]), [
      ['docs/my page.md', [['ai', 'anthropic/claude-4.5-opus', '1,2']]],
      ['src/main.ts', [['ai', 'anthropic/claude-4.5-opus', '1,3', '5,5'], ['mixed', '4,4'],
        ['ai', 'anthropic/claude-3-sonnet', '6,6']]],
    ])
    assert.is((await repository.bitloops('doctor', '--verify')).stdout.includes('does not fit'), false)
    repository.remove()
  })

  it('adds nothing when repeated, and makes the same in another clone', async () => {
    const [one, two] = [await makeNoted(), await makeNoted()]
    await importFrom(one, 'git-ai')
    const before = await refsOf(one)
    assert.equal(countsOf(await importFrom(one, 'git-ai')), { present: 1 })
    assert.is(await refsOf(one), before)
    await importFrom(two, 'git-ai')
    assert.is((await readOnly(two)).record.id, (await readOnly(one)).record.id)
    one.remove()
    two.remove()
  })

  it('only says what it would do in a dry run', async () => {
    const repository = await makeNoted()
    const before = await refsOf(repository)
    const text = formatForeignImport(await importFrom(repository, 'git-ai', true))
    assert.is(await refsOf(repository), before)
    assert.match(text, '1 checkpoint would be made of what git-ai kept in refs/notes/ai:')
    assert.match(text, 'cursor · claude-4.5-opus · session 6ef2299e · 2 prompts; claude-code')
    repository.remove()
  })

  it('leaves what was unlinked away', async () => {
    const repository = await makeNoted()
    await importFrom(repository, 'git-ai')
    const { record: { id, origin } } = await readOnly(repository)
    const unlink = `.bitloops/links/v1/${origin.commit.slice(0, 2)}/${origin.commit}/${id}.unlink`
    await addToRef(repository, 'refs/bitloops/checkpoints', { [unlink]: '{}' })
    assert.equal(countsOf(await importFrom(repository, 'git-ai', true)), { removed: 1 })
    const again = await importFrom(repository, 'git-ai')
    assert.equal(countsOf(again), { removed: 1 })
    assert.match(formatForeignImport(again), 'stays away')
    repository.remove()
  })

  it('tells of each message once, where notes of later commits repeat the conversation', async () => {
    const repository = await makeNoted()
    await repository.commit('Go on', { 'src/main.ts': `${MAIN}seven\n` })
    await addNote(repository, readFixture('foreign/git-ai-prompts.txt').replace('1-3,5', '7')
      .replace('"Written down." }', '"Written down." }, { "type": "user", "text": "One more line" }'))
    await importFrom(repository, 'git-ai')
    const { record, entries } = await readOnly(repository)
    assert.equal(entries.flatMap((entry) => entry.kind === 'prompt' ? [entry.text] : []), ['One more line'])
    assert.equal(record.files.map(({ path, agentAdded }) => [path, agentAdded]), [['src/main.ts', 1]])
    assert.equal(record.sessions.map(({ turns }) => turns.map(({ number }) => number)), [[3]])
    repository.remove()
  })

  it('redacts, passes over what it cannot read, and says so', async () => {
    const repository = await makeNoted()
    await addNote(repository, readFixture('foreign/git-ai-prompts.txt').replace('And write it down', `Use ${GITHUB}`))
    await repository.commit('Odd', { 'odd.txt': 'odd\n' })
    await addNote(repository, 'no \u001b[31mnote')
    const absent = await repository.git('hash-object', '-w', '--stdin').catch(() => '')
    await addToRef(repository, 'refs/notes/ai', { ['12/'.concat('3'.repeat(38))]: absent })
    const result = await importFrom(repository, 'git-ai')
    assert.equal(countsOf(result), { absent: 1, imported: 1, unreadable: 1 })
    const text = formatForeignImport(result)
    assert.match(text, 'not read: it has no line of three dashes')
    assert.match(text, '1 commit: not in this clone')
    const kept = await readOnly(repository, 'HEAD~1')
    assert.is(textOf(kept).includes(GITHUB), false)
    assert.equal(kept.record.redactions, { 'github-token': 1 })
    repository.remove()
  })

  it('reads newer notes, and those that were only fetched', async () => {
    const repository = await makeRepository()
    await repository.commit('Add main', { 'src/main.ts': `${MAIN}seven\n` })
    await addNote(repository, readFixture('foreign/git-ai-sessions.txt'), 'HEAD', 'ai-remote/origin')
    assert.equal((await importFrom(repository, 'git-ai')).refs, ['refs/notes/ai-remote/origin'])
    const { record } = await readOnly(repository)
    assert.equal(record.files.map(({ agentAdded, evidence }) => [agentAdded, evidence]), [[4, 'tool']])
    assert.is(record.sessions[0]!.startedAt, record.origin.committedAt)
    repository.remove()
  })

  it('is a command, which says how to fetch what is not there', async () => {
    const repository = await makeNoted()
    const done = await repository.bitloops('import', '--from', 'git-ai', '--json')
    assert.is(done.code, 0, done.output)
    const json = JSON.parse(done.stdout) as { schema: number; from: string; outcomes: { kind: string }[] }
    assert.equal([json.schema, json.from, json.outcomes.map(({ kind }) => kind)], [1, 'git-ai', ['imported']])
    const none = await repository.bitloops('import', '--from', 'entire')
    assert.is(none.code, 1)
    assert.match(none.stdout, 'git fetch <remote> entire/checkpoints/v1')
    assert.is((await repository.bitloops('import', '--from', 'nobody')).code, 129)
    repository.remove()
  })

  it('leads from commits that were rewritten since to those that they became', async () => {
    const repository = await makeNoted()
    await repository.git('commit', '--quiet', '--amend', '-m', 'Add main, said better')
    await repository.bitloops('import', '--from', 'git-ai')
    const { link, record } = await readOnly(repository)
    assert.equal([link.evidence, link.by, record.sessions.length], ['tree', 'import', 2])
    repository.remove()
  })

  it('takes hundreds of commits with a few processes, and says how far it is', async () => {
    const repository = await makeRepository()
    const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`
    const who = (at: number): string => `committer A <a@example.com> ${1_795_190_400 + at} +0000\n`
    const numbers = Array.from({ length: 250 }, (_, at) => at)
    const input = [
      ...numbers.map((at) => `commit refs/heads/main\nmark :${at + 1}\n${who(at)}${data(`Commit ${at}`)}` +
        `M 100644 inline f${at}.txt\n${data(`line ${at}`)}\n`),
      `commit refs/notes/ai\n${who(900)}${data('notes')}`,
      ...numbers.map((at) => `N inline :${at + 1}\n${data(`f${at}.txt\n  s_a 1\n---\n${JSON.stringify({
        schema_version: 'authorship/3.0.0', sessions: { s_a: { agent_id: { tool: 'claude', id: 's', model: 'm' } } },
      })}`)}`),
    ].join('')
    await repository.sh('git fast-import --quiet', { input })
    const told: number[] = []
    const result = await importFrom(repository, 'git-ai', false, (done) => { told.push(done) })
    assert.equal([countsOf(result), told], [{ imported: 250 }, [100, 200, 250]])
    assert.is(await repository.git('rev-list', '--count', 'refs/bitloops/checkpoints'), '3')
    assert.equal((await readOnly(repository, 'main~249')).record.files.map(({ path }) => path), ['f0.txt'])
    repository.remove()
  })
})
