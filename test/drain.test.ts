// The drain: single, short-lived, and harmless when killed.

import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { drain } from '../src/drain.ts'
import type { DrainPlace } from '../src/drain.ts'
import { deliver, listInbox, makeInbox, removeFromInbox } from '../src/store/inbox.ts'
import { openLock } from '../src/store/live.ts'
import { until } from './support/repository.ts'
import { makeRecorder, payloads, rowsOf } from './support/recorder.ts'
import type { Recorder } from './support/recorder.ts'
import { makeSandbox, PROJECT } from './support/sandbox.ts'
import { describe } from './support/suite.ts'

interface Scene extends DrainPlace {
  readonly logged: string[]
  /** Empties the inbox, as recording would. */
  readonly take: () => Promise<void>
}

async function withScene(work: (scene: Scene) => Promise<void>): Promise<void> {
  const sandbox = makeSandbox()
  const home = join(sandbox.folder, 'bitloops')
  makeInbox(home)
  const logged: string[] = []
  try {
    await work({
      home, logged, now: Date.now, log: (where, message) => { logged.push(`${where}: ${message}`) },
      take: () => { removeFromInbox(home, listInbox(home).map(({ name }) => name)); return Promise.resolve() },
    })
  } finally {
    sandbox.remove()
  }
}

const mail = (home: string): void => { deliver(home, Buffer.from('x')) }

describe('drain', (it) => {
  it('takes the claim away and holds a lease while it is at work, and neither afterwards',
    () => withScene(async (scene) => {
    writeFileSync(join(scene.home, 'drain.starting'), '')
    mail(scene.home)
    let seen: unknown
    await drain(scene, () => {
      seen = [existsSync(join(scene.home, 'drain.starting')),
        statSync(join(scene.home, 'drain.lease')).mtimeMs > Date.now() + 1500]
      return scene.take()
    })
    assert.equal(seen, [false, true])
    assert.not.ok(existsSync(join(scene.home, 'drain.lease')))
  }))

  it('stays a moment for more, and then goes', () => withScene(async (scene) => {
    const taken: number[] = []
    let mailed = Infinity
    mail(scene.home)
    setTimeout(() => { mailed = Date.now(); mail(scene.home) }, 800)
    await drain(scene, () => { taken.push(Date.now()); return scene.take() })
    assert.is(taken.length, 2)
    assert.ok(taken[1]! >= mailed && taken[1]! - mailed < 2000, `it was taken after ${taken[1]! - mailed} ms`)
    assert.ok(Date.now() - mailed < 20_000, 'it stays for ever')
  }))

  it('works alone: another one ends at once', () => withScene(async (scene) => {
    const lock = await openLock(join(scene.home, 'drain.lock'))
    mail(scene.home)
    let worked = false
    await drain(scene, () => { worked = true; return scene.take() })
    assert.not.ok(worked)
    lock!.release()
    await drain(scene, () => { worked = true; return scene.take() })
    assert.ok(worked)
  }))

  it('tries again when its work fails, gives up after a while, and keeps the inbox', () => withScene(async (scene) => {
    mail(scene.home)
    let tries = 0
    await drain(scene, () => { tries += 1; return Promise.reject(new Error('no luck')) })
    assert.is(tries, 3)
    assert.equal(scene.logged, ['drain: no luck', 'drain: no luck', 'drain: no luck'])
    assert.is(listInbox(scene.home).length, 1)
  }))

  it('gives up when its work leaves everything as it was', () => withScene(async (scene) => {
    mail(scene.home)
    let tries = 0
    await drain(scene, () => { tries += 1; return Promise.resolve() })
    assert.is(tries, 3)
  }))

  it('ends when its folder vanishes', () => withScene(async (scene) => {
    mail(scene.home)
    await drain(scene, () => { rmSync(scene.home, { recursive: true }); return Promise.resolve() })
    assert.not.ok(existsSync(scene.home))
  }))
})

describe('git bitloops drain', (it) => {
  const start = (recorder: Recorder) => spawn(process.execPath, [
    '--import', 'tsx', join(PROJECT, 'git-commands/main.ts'), 'drain', '--home', recorder.context.repository.home,
  ], { cwd: PROJECT, env: recorder.repository.env, stdio: 'ignore' })
  const ended = (child: ReturnType<typeof start>): Promise<unknown> => new Promise((resolve) => { child.on('close',
    resolve) })
  const logOf = ({ context }: Recorder): string => {
    const path = join(context.repository.home, 'log')
    return existsSync(path) ? readFileSync(path, 'utf8') : ''
  }

  it('records what waits, redacts it for later, and exits 0', async () => {
    const recorder = await makeRecorder()
    recorder.hook(payloads(recorder.repository.root).prompt('t1', 'Go'))
    assert.is(await ended(start(recorder)), 0)
    assert.is(logOf(recorder), '')
    assert.equal(rowsOf(recorder.store,
      'SELECT e.event_id, r.event IS NOT NULL FROM events e LEFT JOIN redactions r ON r.event = e.id'),
      [['prompt:t1', 1]])
    recorder.close()
  })

  it('loses nothing when it is killed', async () => {
    const recorder = await makeRecorder()
    const { root } = recorder.repository
    for (let call = 0; call < 300; call += 1) recorder.hook(payloads(root).before('t1', `c${call}`, 'Bash'))
    for (const delay of [900, 1000, 1100]) {
      const child = start(recorder)
      const gone = ended(child)
      await sleep(delay)
      child.kill('SIGKILL')
      await gone
    }
    await recorder.record()
    assert.equal(rowsOf(recorder.store, 'SELECT count(*), count(DISTINCT event_id) FROM events'), [[300, 300]])
    assert.equal(rowsOf(recorder.store, 'PRAGMA integrity_check'), [['ok']])
    recorder.close()
  })

  it('throws the inbox away and switches the hooks off when settings say that capture is off', async () => {
    const recorder = await makeRecorder()
    await recorder.repository.git('config', 'bitloops.enabled', 'false')
    recorder.hook(payloads(recorder.repository.root).prompt('t1', 'Go'))
    const { home } = recorder.context.repository
    const child = start(recorder)
    const gone = ended(child)
    await until('the marker is there', () => existsSync(join(home, 'disabled')))
    assert.is(await gone, 0)
    assert.equal(readdirSync(join(home, 'inbox/new')), [])
    assert.equal(rowsOf(recorder.store, 'SELECT count(*) FROM events'), [[0]])
    recorder.close()
  })
})
