// Sharing over what lies between machines: smart HTTP, with and without a password, and ssh.

import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { noteOf } from './support/checkpoints.ts'
import { addCheckpoint, checkpointsIn, cloneOf, ids, makeClones } from './support/clones.ts'
import { serveRepositories } from './support/http-remote.ts'
import { PATIENCE_MS, isQueued, makeOne, work } from './support/sharing.ts'
import { describe } from './support/suite.ts'

describe('over the wire', (it) => {
  it('smart HTTP: two clones push, race, fetch and explain', async () => {
    const { remote, clones: [reference] } = await makeClones(['reference'], { init: false })
    const server = await serveRepositories(remote.sandbox.folder, { push: true })
    const url = `${server.url}/remote.git`
    const [one, two] = [await cloneOf(remote, 'one', { url }), await cloneOf(remote, 'two', { url })]
    await work(one, 1)
    await addCheckpoint(two, { number: 2 })
    assert.is((await one.tryGit('push', '-q', 'origin', 'topic')).code, 0)
    assert.equal(await checkpointsIn(remote), ids(1))
    assert.match((await two.bitloops('push')).stdout, 'Published 1 checkpoint')
    assert.is((await one.bitloops('fetch')).stdout, 'Fetched 1 checkpoint from origin.\n')
    for (const each of [one, two, remote]) assert.equal(await checkpointsIn(each), ids(1, 2))
    assert.is((await noteOf(one, 'main')).length, 3)
    assert.ok(server.requests.some((line) => line.startsWith('POST')))
    assert.is((await reference!.tryGit('fsck')).code, 0)
    await server.close()
    remote.remove()
  })

  it('a server that wants a password gets none, and nobody is asked', async () => {
    const { remote, clone } = await makeOne()
    const server = await serveRepositories(remote.sandbox.folder, { push: true, password: 'sesame' })
    await clone.git('remote', 'set-url', 'origin', `${server.url}/remote.git`)
    await work(clone, 1)
    const said = await clone.bitloops('push')
    assert.is(said.code, 128)
    assert.match(said.stderr, /could not read Username|terminal prompts disabled|Authentication failed/i)
    assert.ok(said.ms < PATIENCE_MS)
    assert.ok(isQueued(clone))
    // With one in the user's credential helper it works, and is not shown.
    await clone.git('config', 'credential.helper', '!f() { echo username=ada; echo password=sesame; }; f')
    assert.match((await clone.bitloops('push')).stdout, 'Published 1 checkpoint')
    await clone.git('remote', 'set-url', 'origin', `${server.url.replace('http://', 'http://ada:sesame@')}/remote.git`)
    await work(clone, 2)
    const first = await clone.tryGit('push', '-q', 'origin', 'topic')
    assert.is(first.code, 0)
    assert.not.match(first.stderr, 'sesame')
    assert.equal(await checkpointsIn(remote), ids(1, 2))
    await server.close()
    remote.remove()
  })

  it('a server that may only be read takes nothing, and gives what it has', async () => {
    const { remote, clones: [writer] } = await makeClones(['writer'])
    await work(writer!, 1)
    await writer!.git('push', '-q', 'origin', 'topic')
    const server = await serveRepositories(remote.sandbox.folder)
    const reader = await cloneOf(remote, 'reader', { url: `${server.url}/remote.git` })
    assert.equal(await checkpointsIn(reader), ids(1))
    await addCheckpoint(reader, { number: 2 })
    const said = await reader.bitloops('push')
    assert.is(said.code, 128)
    assert.match(said.stderr, 'what is here stays queued')
    await server.close()
    remote.remove()
  })

  it('ssh: by a stand-in that runs the command here', async () => {
    const { remote, clones: [one] } = await makeClones(['one'])
    const bin = join(remote.sandbox.folder, 'ssh-bin')
    mkdirSync(bin)
    const log = join(bin, 'log')
    const script = ['#!/bin/sh', `printf '%s\\n' "$*" >>'${log}'`, 'for last; do :; done', 'exec sh -c "$last"', '']
    writeFileSync(join(bin, 'ssh'), script.join('\n'))
    chmodSync(join(bin, 'ssh'), 0o755)
    await one!.git('config', 'core.sshCommand', `${join(bin, 'ssh')} -i key`)
    await one!.git('remote', 'set-url', 'origin', `ssh://host${remote.root}`)
    await work(one!, 1)
    assert.is((await one!.tryGit('push', '-q', 'origin', 'topic')).code, 0)
    assert.equal(await checkpointsIn(remote), ids(1))
    assert.is((await one!.bitloops('fetch')).stdout, 'Nothing new at origin.\n')
    const calls = readFileSync(log, 'utf8').split('\n').filter((line) => line.includes('BatchMode=yes'))
    assert.ok(calls.length >= 2)
    for (const call of calls) assert.match(call, /^-i key -o BatchMode=yes -o ConnectTimeout=\d+ /)
    remote.remove()
  })
})
