// `explain --remote`: the built program against git's own HTTP server.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { loadNodeHttp, openRemoteObjects } from '../src/git/isomorphic-source.ts'
import type { Oid } from '../src/model/ids.ts'
import {
  checkpointId, checkpointRecord, entry, sessionRecord, writeCheckpoints, writeNotes,
} from './support/checkpoint-fixture.ts'
import { HTTP_USER, serveRepositories } from './support/http-remote.ts'
import type { HttpRemote, ServeOptions } from './support/http-remote.ts'
import { makeRepository } from './support/repository.ts'
import type { TestRepository } from './support/repository.ts'
import type { Outcome } from './support/sandbox.ts'
import { describe, rejects } from './support/suite.ts'

interface Served {
  readonly repository: TestRepository
  readonly remote: HttpRemote
  readonly url: string
  readonly commit: Oid
  /** `git bitloops explain --remote …` in a folder that is no repository. */
  explain(...args: readonly string[]): Promise<Outcome>
  end(): Promise<void>
}

/** A repository with one commit that has two checkpoints, behind an HTTP server. */
async function serve(options: ServeOptions & { readonly noteDepth?: number } = {}): Promise<Served> {
  const repository = await makeRepository()
  const commit = await repository.commit('Limit logins', { 'a.txt': 'a\n' }) as Oid
  const records = [
    checkpointRecord(commit), checkpointRecord(commit, { id: checkpointId(2), seq: 1, kind: 'continuation' }),
  ]
  const transcript = [
    entry({ kind: 'prompt', text: 'Grüße 🌍 \u001b[31m', origin: 'human' }), entry({ kind: 'reasoning', text: 'so' }),
  ]
  await writeCheckpoints(repository, records.map((record) => ({ record, transcript })))
  await writeNotes(repository, { [commit]: records.flatMap(({ note }) => note).join('\n') }, options.noteDepth)
  return await serveThis(repository, commit, options)
}

async function serveThis(repository: TestRepository, commit: Oid, options: ServeOptions = {}): Promise<Served> {
  const remote = await serveRepositories(repository.sandbox.folder, options)
  const url = `${remote.url}/project`
  return {
    repository, remote, url, commit,
    explain: (...args) => repository.sandbox.run('git', ['bitloops', 'explain', ...args], { cwd: repository.home }),
    async end() {
      await remote.close()
      repository.remove()
    },
  }
}

describe('explain --remote', (it) => {
  for (const noteDepth of [0, 1, 2]) {
    it(`gives the bytes of the local explain --json, for notes ${noteDepth} folders deep`, async () => {
      const { repository, commit, url, explain, end } = await serve({ noteDepth })
      for (const options of [['--json'], ['--json', '--full'], ['--json', '--session', '7f3c']]) {
        const local = await repository.bitloops('explain', ...options, commit)
        for (const name of [commit, commit.slice(0, 7)]) {
          const remote = await explain('--remote', url, ...options, name)
          assert.equal([remote.code, remote.stderr], [0, ''])
          assert.is(remote.stdout, local.stdout)
        }
      }
      await end()
    })
  }

  it('gives the same bytes for a commit that was rewritten, and for a checkpoint that is missing', async () => {
    const repository = await makeRepository()
    const made = await repository.commit('One', { 'a.txt': 'a\n' })
    const rewritten = await repository.commit('Two', { 'a.txt': 'b\n' }) as Oid
    const record = checkpointRecord(made)
    const lost = checkpointRecord(made, { id: checkpointId(2) })
    await writeCheckpoints(repository, [
      { record, linkedTo: rewritten }, { record: lost, linkedTo: rewritten, stored: false },
    ])
    const { url, explain, end } = await serveThis(repository, rewritten)
    const local = await repository.bitloops('explain', '--json', rewritten)
    const remote = await explain('--remote', url, '--json', rewritten)
    assert.is(remote.stdout, local.stdout)
    assert.match(remote.stderr, /warning: checkpoint \S+2 is linked, but not on the remote\nhint: .*push/)
    await end()
  })

  it('takes the remote\'s HEAD, a branch, a tag, and the name of a remote', async () => {
    const { repository, url, commit, explain, end } = await serve()
    await repository.git('tag', '-a', '-m', 'One', 'v1')
    for (const words of [[], ['main'], ['v1'], ['tags/v1']]) {
      const { code, stdout } = await explain('--remote', url, '--json', ...words)
      assert.is(code, 0, words.join())
      assert.is((JSON.parse(stdout) as { commit: { oid: string } }).commit.oid, commit)
    }
    await repository.git('remote', 'add', 'origin', url)
    assert.match((await repository.bitloops('explain', '--remote', 'origin', '--short')).stdout, 'Limit how often')
    await end()
  })

  it('prints text cleaned of what a terminal would obey', async () => {
    const repository = await makeRepository()
    const commit = await repository.commit('One', { 'a.txt': 'a\n' }) as Oid
    const [turn] = sessionRecord().turns
    const prompt = 'Say \u001b]8;;https://example.com\u0007hi \u202eolleh\u0000'
    const sessions = [sessionRecord({ turns: [{ ...turn!, prompt }] })]
    await writeCheckpoints(repository, [{ record: checkpointRecord(commit, { sessions }) }])
    const { url, explain, end } = await serveThis(repository, commit)
    for (const options of [[], ['--short'], ['--json'], ['--full'], ['--transcript']]) {
      assert.not.match((await explain('--remote', url, ...options)).output, /[\0-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/)
    }
    await end()
  })

  it('says what the remote does not have', async () => {
    const { repository, url, commit, explain, end } = await serve()
    const other = await repository.commit('By hand', { 'b.txt': 'b\n' })
    const none = await explain('--remote', url, other)
    assert.is(none.code, 1)
    assert.is(none.stdout,
      `no reasoning is kept for ${other.slice(0, 10)}: none of the checkpoints on the remote belongs to it\n`)
    await repository.git('update-ref', '-d', 'refs/bitloops/checkpoints')
    const named = await explain('--remote', url, commit)
    assert.is(named.code, 1)
    assert.match(named.stdout, /its note names checkpoint \S+, \S+, which is not on the remote/)
    await repository.git('update-ref', '-d', 'refs/notes/bitloops')
    assert.match((await explain('--remote', url, commit)).stdout, 'the remote has no checkpoints')
    for (const target of ['HEAD~1', '0123']) {
      const outcome = await explain('--remote', url, target)
      assert.is(outcome.code, 128)
      assert.match(outcome.stderr, new RegExp(`^fatal: the remote has no '${target}'\nhint: `))
    }
    assert.is((await explain('--remote', url, 'a..b')).code, 129)
    await end()
  })

  it('names the commits that a beginning may mean', async () => {
    const repository = await makeRepository()
    const commits = ['ab12', 'ab13'].map((start) => start.padEnd(40, '0') as Oid)
    await writeCheckpoints(repository, commits.map((commit, at) =>
      ({ record: checkpointRecord(commit, { id: checkpointId(at) }) })))
    await writeNotes(repository, { [commits[0]!.replace('ab12', 'ab1f')]: 'x\n' }, 2)
    await repository.commit('One')
    const { url, explain, end } = await serveThis(repository, commits[0]!)
    const { code, stderr } = await explain('--remote', url, 'ab12')
    assert.equal([code, stderr], [0, ''])
    await writeNotes(repository, { [commits[0]!.replace('ab1200', 'ab12ff')]: 'x\n' })
    const ambiguous = await explain('--remote', url, 'ab12')
    assert.is(ambiguous.code, 128)
    assert.match(ambiguous.stderr, /^fatal: 'ab12' is the beginning of several commits\nhint: ab12000/)
    await end()
  })
})

describe('a remote that', (it) => {
  const helper = (repository: TestRepository, password: string): void => {
    writeFileSync(join(repository.home, '.gitconfig'), [
      '[credential]', `\thelper = "!f() { echo $1 >> '${repository.home}/asked'; cat > /dev/null; ` +
        `test $1 = get && echo username=${HTTP_USER} && echo password=${password}; }; f"`, '',
    ].join('\n'))
  }
  const asked = async (repository: TestRepository): Promise<string> =>
    (await repository.sh('cat "$HOME/asked"')).stdout.replace(/\n/g, ' ').trim()

  it('wants a password gets it from Git\'s credential helper, who is told that it was right', async () => {
    const { repository, url, explain, end } = await serve({ password: 'secret' })
    helper(repository, 'secret')
    assert.is((await explain('--remote', url)).code, 0)
    assert.is(await asked(repository), 'get store')
    await end()
  })

  it('refuses the password is not asked again, and the helper forgets it', async () => {
    const { repository, url, explain, end } = await serve({ password: 'secret' })
    helper(repository, 'wrong')
    const { code, stderr } = await explain('--remote', url)
    assert.is(code, 128)
    assert.match(stderr, /^fatal: http:\/\/127\.0\.0\.1:\d+\/project wants a password\nhint: /)
    assert.is(await asked(repository), 'get erase')
    await end()
  })

  it('is given a password in its URL never has it printed', async () => {
    const { url, explain, end } = await serve({ password: 'secret' })
    const withPassword = url.replace('//', `//${HTTP_USER}:secret@`)
    const { code, output } = await explain('--remote', withPassword.replace('project', 'nothing'))
    assert.is(code, 128)
    assert.not.match(output, 'secret')
    assert.is((await explain('--remote', withPassword)).code, 0)
    await end()
  })

  for (const hang of [true, 'pack'] as const) {
    it(`hangs (${hang === true ? 'at once' : 'before it sends objects'}) is given up in time`, async () => {
      const { url, end } = await serve({ hang })
      const began = performance.now()
      const error = await rejects(openRemoteObjects(url, { http: await loadNodeHttp(), silenceMs: 300 }))
      assert.match(error.message, 'did not answer within 1 s')
      assert.ok(performance.now() - began < 5000)
      await end()
    })
  }

  it('sends more than fits in memory is refused', async () => {
    const { url, end } = await serve()
    const error = await rejects(openRemoteObjects(url, { http: await loadNodeHttp(), maxBytes: 2000 }))
    assert.match(error.message, /sent more than 0 MiB, which is too much/)
    await end()
  })

  it('is behind a proxy, which is not used, is said where that may be why it cannot be reached', async () => {
    const { repository, end } = await serve()
    const dead = 'http://127.0.0.1:1/x'
    const explain = (config: readonly string[], env = {}) =>
      repository.sandbox.run('git', [...config, 'bitloops', 'explain', '--remote', dead],
        { cwd: repository.home, env: { ...repository.env, ...env } })
    const said = (name: string) => new RegExp(`cannot be reached.*\nhint: ${name} is set, and explain --remote uses no`)
    assert.match((await explain(['-c', 'http.http://127.0.0.1:1.proxy=http://127.0.0.1:2'])).stderr, said('http.proxy'))
    assert.match((await explain([], { http_proxy: 'http://127.0.0.1:2' })).stderr, said('http_proxy'))
    for (const [config, env] of [
      [[], {}], [['-c', 'http.proxy='], { http_proxy: 'x' }], [[], { https_proxy: 'x' }],
      [['-c', 'http.http://other.example.proxy=x'], {}],
    ] as const) assert.not.match((await explain(config, env)).stderr, 'proxy')
    await end()
  })

  it('is broken, is no repository, is not there, or speaks no HTTP is told from each other', async () => {
    const { url, explain, end } = await serve()
    for (const [name, words] of [
      [`${url}/nothing`, /is not a repository/], ['http://127.0.0.1:1/x', /cannot be reached \(ECONNREFUSED\)/],
      ['ssh://example.com/x', /only http\(s\):\/\/ can/], ['elsewhere', /'elsewhere' is neither a remote .* nor a URL/],
    ] as const) {
      const { code, stderr } = await explain('--remote', name)
      assert.is(code, 128, name)
      assert.match(stderr, words)
    }
    await end()
    const broken = await serve({ status: 503 })
    assert.match((await broken.explain('--remote', broken.url)).stderr, /answered with status 503/)
    await broken.end()
  })

  it('has SHA-256 objects is told from one without checkpoints', async () => {
    const repository = await makeRepository({ objectFormat: 'sha256' })
    const commit = await repository.commit('One') as Oid
    const { url, explain, end } = await serveThis(repository, commit)
    const { stderr } = await explain('--remote', url, commit)
    assert.match(stderr, /^fatal: .* has SHA-256 objects.*\nhint: git bitloops fetch/)
    await end()
  })
})
