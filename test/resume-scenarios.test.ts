// Going on with sessions: which one it is, through real git, the installed hooks and the built program.

import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { playClaude } from './support/player.ts'
import { makeInitialised, makeRepository } from './support/repository.ts'
import { elsewhere, filesBelow, makeShared, workOn } from './support/resuming.ts'
import { describe } from './support/suite.ts'
import { transcriptPath } from './support/transcript.ts'

describe('resume', (it) => {
  it('RES-01 prints the agent\'s command and leaves the working tree alone', async () => {
    const repository = await makeInitialised()
    const claude = await workOn(repository, 'a.txt')
    const before = [await repository.git('status', '--porcelain'), await repository.git('rev-parse', 'HEAD')]
    const transcript = readFileSync(claude.transcript.path, 'utf8')
    const resumed = await repository.bitloops('resume')
    assert.equal([resumed.code, resumed.stdout], [0, `claude --resume ${claude.session}\n`])
    assert.match(resumed.stderr, 'Write a.txt')
    assert.equal([await repository.git('status', '--porcelain'), await repository.git('rev-parse', 'HEAD')], before)
    assert.is(readFileSync(claude.transcript.path, 'utf8'), transcript)
    const below = join(repository.root, 'deep')
    mkdirSync(below)
    const told = await repository.sh('git bitloops resume', { cwd: below })
    assert.is(told.stdout, `cd ${repository.root} && claude --resume ${claude.session}\n`)
    repository.remove()
  })

  it('RES-01 counts a session whose turns are not committed yet, and goes on with its own file', async () => {
    const repository = await makeInitialised()
    await workOn(repository, 'a.txt')
    const claude = playClaude(repository)
    await claude.start()
    await claude.prompt('Write b.txt')
    await claude.write('b.txt', 'text\n')
    await claude.stop('Wrote it.')
    await repository.waitForInbox()
    const { code, stdout, stderr } = await repository.bitloops('resume')
    assert.is(code, 0)
    assert.is(stdout.split('\n')[0], `claude --resume ${claude.session}`)
    assert.match(stderr, `transcript is there: ${claude.transcript.path}`)
    repository.remove()
  })

  it('RES-03 offers an older session and says how many commits lie between', async () => {
    const repository = await makeInitialised()
    const claude = await workOn(repository, 'a.txt')
    await repository.commit('By hand', { 'b.txt': 'b\n' })
    await repository.commit('By hand again', { 'c.txt': 'c\n' })
    const { code, stdout, stderr } = await repository.bitloops('resume')
    assert.equal([code, stdout], [0, `claude --resume ${claude.session}\n`])
    assert.match(stderr, /2 commits without one came after it/)
    repository.remove()
  })

  it('RES-04 takes the topic\'s own session where main was merged into it', async () => {
    const repository = await makeInitialised()
    await repository.git('switch', '--quiet', '-c', 'topic')
    const topic = await workOn(repository, 'topic.txt')
    await repository.git('switch', '--quiet', 'main')
    const main = await workOn(repository, 'main.txt')
    await repository.git('switch', '--quiet', 'topic')
    await repository.git('merge', '--quiet', '--no-edit', 'main')
    const onTopic = await repository.bitloops('resume')
    assert.equal([onTopic.code, onTopic.stdout], [0, `claude --resume ${topic.session}\n`])
    // On main, what was merged is the newest: the work of the topic.
    await repository.git('switch', '--quiet', 'main')
    assert.is((await repository.bitloops('resume')).stdout, `claude --resume ${main.session}\n`)
    const other = await makeInitialised()
    await workOn(other, 'old.txt')
    await other.git('switch', '--quiet', '-c', 'feature')
    const feature = await workOn(other, 'feature.txt')
    await other.git('switch', '--quiet', 'main')
    await other.git('merge', '--quiet', '--no-ff', '--no-edit', 'feature')
    assert.is((await other.bitloops('resume')).stdout, `claude --resume ${feature.session}\n`)
    for (const each of [repository, other]) each.remove()
  })

  it('RES-05 finds the session of another branch, and switches only as git switch would', async () => {
    const repository = await makeInitialised()
    await repository.git('switch', '--quiet', '-c', 'topic')
    const claude = await workOn(repository, 'README.md')
    await repository.git('switch', '--quiet', 'main')
    const branch = (): Promise<string> => repository.git('symbolic-ref', '--short', 'HEAD')
    const command = `claude --resume ${claude.session}\n`
    const stayed = await repository.bitloops('resume', 'topic', '--no-switch')
    assert.equal([stayed.code, stayed.stdout, await branch()], [0, command, 'main'])
    repository.write('README.md', 'not committed\n')
    const refused = await repository.bitloops('resume', 'topic')
    const plain = await repository.tryGit('switch', 'topic')
    assert.equal([refused.code, refused.stdout, await branch()], [plain.code, '', 'main'])
    assert.match(refused.stderr, plain.stderr.trim())
    assert.is(repository.read('README.md'), 'not committed\n')
    await repository.git('checkout', '--quiet', '--', 'README.md')
    const switched = await repository.bitloops('resume', 'topic')
    assert.equal([switched.code, switched.stdout, await branch()], [0, command, 'topic'])
    repository.remove()
  })

  it('RES-05 finds a branch and checkpoints that only the remote has', async () => {
    const { remote, clone } = await makeShared()
    const other = await elsewhere(remote, 'two')
    await clone.git('switch', '--quiet', '-c', 'topic')
    const claude = await workOn(clone, 'topic.txt')
    await clone.git('push', '--quiet', '-u', 'origin', 'topic')
    const resumed = await other.resume('topic')
    assert.is(resumed.code, 0, resumed.output)
    assert.is(resumed.stdout, `claude --resume ${claude.session}\n`)
    assert.is(await other.clone.git('symbolic-ref', '--short', 'HEAD'), 'topic')
    assert.ok(existsSync(transcriptPath(other.home, other.clone.root, claude.session)))
    remote.remove()
  })

  it('RES-05 takes a session by the beginning of its id, and never switches for it', async () => {
    const repository = await makeInitialised()
    await repository.git('switch', '--quiet', '-c', 'topic')
    const claude = await workOn(repository, 'a.txt')
    await repository.git('switch', '--quiet', 'main')
    const { code, stdout } = await repository.bitloops('resume', claude.session.slice(0, 8))
    assert.equal([code, stdout], [0, `claude --resume ${claude.session}\n`])
    assert.is(await repository.git('symbolic-ref', '--short', 'HEAD'), 'main')
    const unknown = await repository.bitloops('resume', 'nowhere')
    assert.is(unknown.code, 128)
    assert.match(unknown.stderr, '\'nowhere\' is neither a branch nor a session')
    repository.remove()
  })

  it('RES-09 says so in one line where there is nothing, and leaves no file', async () => {
    const repository = await makeInitialised()
    const before = filesBelow(repository.root).filter((path) => !path.includes('/bitloops/')).sort()
    const { code, stdout, stderr } = await repository.bitloops('resume')
    assert.equal([code, stdout, stderr], [1, '', 'no session is known on main\n'])
    assert.equal(filesBelow(repository.root).filter((path) => !path.includes('/bitloops/')).sort(), before)
    assert.equal(filesBelow(join(repository.home, '.claude')), [])
    const bare = await makeRepository()
    await bare.commit('Begin', { 'README.md': '#\n' })
    assert.equal([(await bare.bitloops('resume')).code, bare.exists('.git/bitloops')], [1, false])
    for (const each of [repository, bare]) each.remove()
  })

  it('is started by --run, in its folder, with its exit code', async () => {
    const repository = await makeInitialised()
    const claude = await workOn(repository, 'a.txt')
    const tools = join(repository.sandbox.folder, 'tools')
    mkdirSync(tools)
    writeFileSync(join(tools, 'claude'), '#!/bin/sh\necho "$PWD: $*"\nexit 7\n', { mode: 0o755 })
    const { code, stdout } = await repository.sh(`PATH="${tools}:$PATH" git bitloops resume --run`)
    assert.is(code, 7)
    assert.match(stdout, `${realpathSync(repository.root)}: --resume ${claude.session}`)
    repository.remove()
  })

  it('is told as JSON', async () => {
    const repository = await makeInitialised()
    const claude = await workOn(repository, 'a.txt')
    const { code, stdout } = await repository.bitloops('resume', '--json')
    const told = JSON.parse(stdout) as Record<string, unknown>
    assert.is(code, 0)
    assert.equal([told['schema'], told['branch'], told['commit'], told['between']],
      [1, 'main', await repository.git('rev-parse', 'HEAD'), 0])
    const [session] = told['sessions'] as Record<string, unknown>[]
    assert.equal([session!['agent'], session!['session'], session!['folder'], session!['command']],
      ['claude-code', claude.session, repository.root, ['claude', '--resume', claude.session]])
    assert.equal(session!['transcript'], { kind: 'kept', path: claude.transcript.path })
    repository.remove()
  })
})
