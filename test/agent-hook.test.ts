// The hook as agents run it: by sh, with the payload on standard input. The program it would start is a small script
// here, which says that it was started; what really drains is tested in drain.test.ts.

import { spawn } from 'node:child_process'
import {
  chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { listInbox, makeInbox, readInboxFile } from '../src/store/inbox.ts'
import { makeSandbox, PROJECT } from './support/sandbox.ts'
import type { Outcome, Sandbox } from './support/sandbox.ts'
import { until } from './support/repository.ts'
import { makeRecorder, payloads, rowsOf } from './support/recorder.ts'
import { describe } from './support/suite.ts'

const HOOK = join(PROJECT, 'src/hooks/agent-hook.sh')

interface HookHome {
  readonly sandbox: Sandbox
  readonly home: string
  run(payload: string | Uint8Array,
    options?: { readonly shell?: string; readonly env?: Readonly<Record<string, string>> }): Promise<Outcome>
  /** How often a drain was started. */
  starts(): number
}

/** `holds`: what the stand-in for the drain does besides saying that it started. */
async function withHome(work: (home: HookHome) => Promise<void>, holds = 'true'): Promise<void> {
  const sandbox = makeSandbox()
  const home = join(sandbox.folder, 'with space', 'bitloops')
  makeInbox(home)
  copyFileSync(HOOK, join(home, 'agent-hook'))
  const drain = join(sandbox.folder, 'drain.sh')
  const starts = join(sandbox.folder, 'starts')
  writeFileSync(drain, `echo "$PWD $* \${GIT_DIR-none}" >>'${starts}'\n${holds}\n`)
  writeFileSync(join(home, 'program'), `/bin/sh\n${drain}\n`)
  try {
    await work({
      sandbox, home,
      run: (input, { shell = 'sh', env = {} } = {}) => sandbox.run(shell, [join(home, 'agent-hook'), 'claude-code'],
        { input, env: { ...sandbox.env, CLAUDE_PROJECT_DIR: '/some/project', ...env } }),
      starts: () => existsSync(starts) ? readFileSync(starts, 'utf8').trim().split('\n').length : 0,
    })
  } finally {
    sandbox.remove()
  }
}

const silent = ({ code, output }: Outcome): unknown => [code, output]
const keepLease = (home: string): void => {
  writeFileSync(join(home, 'drain.lease'), '')
  utimesSync(join(home, 'drain.lease'), Date.now() / 1000 + 60, Date.now() / 1000 + 60)
}
const messagesIn = (home: string): readonly string[] => listInbox(home).map((file) => {
  const message = readInboxFile(home, file)
  if (message.kind !== 'message') return message.kind
  return `${message.agent} ${message.projectDir} ${Buffer.from(message.payload).toString('utf8')}`
})
const has = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, program)))

describe('the agent hook', (it) => {
  for (const shell of ['dash', 'bash', 'busybox']) {
    const state = has(shell) ? it : it.skip
    if (!has(shell)) console.log(`skip: ${shell} is not here`)
    state(`delivers its input untouched and in silence, in ${shell}`, () => withHome(async ({ home, sandbox }) => {
      const args = [...shell === 'busybox' ? ['sh'] : [], join(home, 'agent-hook'), 'claude-code']
      const input = Buffer.from([0x7b, 0, 0xff, 0x0a, 0x25, 0x73, 0x5c, 0x7d])
      const outcome = await sandbox.run(shell, args, { input, env: { ...sandbox.env, CLAUDE_PROJECT_DIR: '/p' } })
      assert.equal(silent(outcome), [0, ''])
      const [file] = listInbox(home)
      const message = readInboxFile(home, file!)
      assert.ok(message.kind === 'message' && input.equals(message.payload))
      assert.equal(readdirSync(join(home, 'inbox/tmp')), [])
      assert.is(statSync(join(home, 'inbox/new', file!.name)).mode & 0o077, 0)
    }))
  }

  it('starts a drain away from the agent: other folder, no Git variables, its own home',
    () => withHome(async ({ home, run, starts, sandbox }) => {
    await run('{}', { env: { GIT_DIR: '/elsewhere/.git' } })
    await until('the drain was started', () => starts() > 0)
    assert.is(readFileSync(join(sandbox.folder, 'starts'), 'utf8'), `/ drain --home ${home} none\n`)
  }))

  it('starts none while the lease of a drain lies in the future, and one when it does not',
    () => withHome(async ({ home, run, starts }) => {
    keepLease(home)
    await run('{}')
    await sleep(100)
    assert.is(starts(), 0)
    utimesSync(join(home, 'drain.lease'), 1, 1)
    await run('{}')
    await until('the drain was started', () => starts() === 1)
  }))

  it('starts one drain for a burst of 50, without waiting for it', () => withHome(async ({ home, run, starts }) => {
    const begun = Date.now()
    const outcomes = await Promise.all(Array.from({ length: 50 }, (_, index) => run(`{"n":${index}}`)))
    assert.ok(Date.now() - begun < 15_000, 'it waited')
    assert.equal(outcomes.filter(({ code, output }) => code !== 0 || output !== ''), [])
    assert.is(listInbox(home).length, 50)
    await until('the drain was started', () => starts() > 0).then(() => sleep(100))
    assert.is(starts(), 1)
  }, 'exec sleep 20'))

  it('starts a drain again after one that failed, and after a claim that was left behind',
    () => withHome(async ({ home, run, starts }) => {
    await run('{}')
    await until('the first one is gone', () => starts() === 1 && !existsSync(join(home, 'drain.starting')))
    writeFileSync(join(home, 'drain.starting'), '')
    await run('{}')
    await sleep(100)
    assert.is(starts(), 1, 'a fresh claim holds')
    utimesSync(join(home, 'drain.starting'), Date.now() / 1000 - 180, Date.now() / 1000 - 180)
    await run('{}')
    await until('the second one was started', () => starts() === 2)
  }, 'exit 1'))

  it('says in the log when there is nothing to start', () => withHome(async ({ home, run, sandbox }) => {
    writeFileSync(join(home, 'program'), '/no/node\n/no/program\n')
    assert.equal(silent(await run('{}', { env: { PATH: '/usr/bin:/bin', HOME: sandbox.home } })), [0, ''])
    assert.match(readFileSync(join(home, 'log'), 'utf8'),
      /^\d{4}-\d\d-\d\dT[\d:]{8}Z\tagent-hook\tneither Node nor git-bitloops/)
    assert.is(listInbox(home).length, 1)
    assert.not.ok(existsSync(join(home, 'drain.starting')))
  }))

  it('never takes a name that is taken', () => withHome(async ({ home, sandbox }) => {
    keepLease(home)
    // A shell that goes on as the hook has a process id that can be known before.
    const script = 'for n in 0 1 2; do : >"$1/inbox/new/$$-$n"; done; : >"$1/inbox/tmp/$$-0"; ' +
      'exec sh "$1/agent-hook" claude-code'
    assert.equal(silent(await sandbox.run('sh', ['-c', script, 'sh', home], { input: '{"mine":1}' })), [0, ''])
    const sizes = listInbox(home).map(({ name, sizeBytes }) => [name.replace(/^\d+/, ''), sizeBytes > 0])
    assert.equal(sizes.sort(), [['-0', false], ['-1', false], ['-2', false], ['-3', true]])
    assert.equal(readdirSync(join(home, 'inbox/tmp')).length, 1)
  }))

  it('delivers where there are no hard links', () => withHome(async ({ home, sandbox, run }) => {
    keepLease(home)
    writeFileSync(join(sandbox.folder, 'bin/ln'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
    assert.equal(silent(await run('{"a":1}')), [0, ''])
    assert.equal(messagesIn(home), ['claude-code /some/project {"a":1}'])
    assert.equal(readdirSync(join(home, 'inbox/tmp')), [])
  }))

  it('CAP-16: does nothing at all while capture is disabled', () => withHome(async ({ home, run, starts }) => {
    writeFileSync(join(home, 'disabled'), '')
    const before = readdirSync(home)
    for (let count = 0; count < 100; count += 1) assert.equal(silent(await run('{}')), [0, ''])
    assert.equal(readdirSync(home), before)
    assert.equal(listInbox(home), [])
    assert.is(starts(), 0)
  }))

  it('CAP-17: takes five megabytes, and nothing', () => withHome(async ({ home, run }) => {
    keepLease(home)
    assert.equal(silent(await run('x'.repeat(5_000_000))), [0, ''])
    assert.equal(silent(await run('')), [0, ''])
    assert.equal(listInbox(home).map(({ sizeBytes }) => sizeBytes > 5_000_000).sort(), [false, true])
  }))

  it('delivers what it was registered for, and the program that ran it', () => withHome(async ({ home, sandbox }) => {
    keepLease(home)
    const env = { ...sandbox.env, COPILOT_CLI: '1' }
    await sandbox.run('sh', [join(home, 'agent-hook'), 'copilot', 'agentStop'], { input: '{}', env })
    await sandbox.run('sh', [join(home, 'agent-hook'), 'claude-code'], { env: { ...env, CURSOR_VERSION: '3.1' } })
    const told = listInbox(home).map((file) => readInboxFile(home, file))
      .map((message) => message.kind === 'message' ? [message.agent, message.event, message.host] : [])
    assert.equal(told.sort(), [
      ['claude-code', undefined, 'cursor'], ['copilot', 'agentStop', 'copilot'],
    ])
  }))

  it('CAP-22: exits 0 in silence when the inbox cannot be written, and leaves a line elsewhere',
    () => withHome(async ({ home, run, sandbox }) => {
    rmSync(join(home, 'inbox'), { recursive: true })
    writeFileSync(join(home, 'inbox'), 'no folder')
    mkdirSync(join(home, 'log'))
    assert.equal(silent(await run('{}')), [0, ''])
    assert.match(readFileSync(join(sandbox.home, '.local/state/git-bitloops/log'), 'utf8'), 'could not be written')
  }))

  it('CAP-22: leaves nothing half when the disk is full', () => withHome(async ({ home, run, sandbox }) => {
    // What cat says when it cannot write.
    writeFileSync(join(sandbox.folder, 'bin/cat'), '#!/bin/sh\nprintf half\nexit 1\n', { mode: 0o755 })
    assert.equal(silent(await run('{"whole":1}')), [0, ''])
    assert.equal([...readdirSync(join(home, 'inbox/tmp')), ...readdirSync(join(home, 'inbox/new'))], [])
    assert.match(readFileSync(join(home, 'log'), 'utf8'), 'could not be written')
  }))

  it('CAP-22: exits 0 in silence in a folder that it may not write', () => withHome(async ({ home, run }) => {
    for (const folder of ['inbox/tmp', 'inbox/new', '']) chmodSync(join(home, folder), 0o500)
    assert.equal(silent(await run('{}')), [0, ''])
    for (const folder of ['', 'inbox/tmp', 'inbox/new']) chmodSync(join(home, folder), 0o700)
  }))
})

describe('the agent hook under trouble', (it) => {
  it('CAP-03: killed at any point, it has delivered all or nothing', () => withHome(async ({ home, sandbox }) => {
    keepLease(home)
    const payload = Buffer.from(JSON.stringify({ text: 'x'.repeat(300_000) }))
    const acknowledged: number[] = []
    for (let round = 0; round < 20; round += 1) {
      const child = spawn('sh', [join(home, 'agent-hook'), 'claude-code'],
        { env: sandbox.env, stdio: ['pipe', 'ignore', 'ignore'], detached: true })
      child.stdin.on('error', () => {})
      child.stdin.write(payload.subarray(0, 150_000))
      setTimeout(() => { child.stdin.end(payload.subarray(150_000)) }, round % 4)
      const ended = new Promise<number | null>((resolve) => { child.on('close', resolve) })
      await sleep(round % 10)
      try {
        process.kill(-child.pid!, 'SIGKILL')
      } catch {
        // It was faster.
      }
      if (await ended === 0) acknowledged.push(round)
    }
    const delivered = listInbox(home).map((file) => readInboxFile(home, file))
    assert.ok(delivered.every((message) => message.kind === 'message' && payload.equals(message.payload)),
      'no half payloads')
    assert.ok(delivered.length >= acknowledged.length)
  }))

  it('CAP-04: eight at a time, 50 events each: all 400 are stored, once, none slower than a second', async () => {
    const recorder = await makeRecorder()
    try {
      const { home } = recorder.context.repository
      copyFileSync(HOOK, join(home, 'agent-hook'))
      keepLease(home)
      const { root } = recorder.repository
      const lane = async (session: string): Promise<number> => {
        let slowest = 0
        for (let event = 0; event < 50; event += 1) {
          const input = JSON.stringify(payloads(root, session).before('t', `${session}-${event}`, 'Bash'))
          const outcome = await recorder.repository.sandbox.run('sh', [join(home, 'agent-hook'), 'claude-code'],
            { input, env: { ...recorder.repository.env, CLAUDE_PROJECT_DIR: root } })
          assert.equal(silent(outcome), [0, ''])
          slowest = Math.max(slowest, outcome.ms)
        }
        return slowest
      }
      const lanes = Array.from({ length: 8 }, (_, index) => lane(`session-${index % 3}-lane-${index}`))
      let working = true
      const recording = (async () => { while (working) { await recorder.record(); await sleep(20) } })()
      const slowest = Math.max(...await Promise.all(lanes))
      working = false
      await recording
      await recorder.record()
      assert.equal(rowsOf(recorder.store, 'SELECT count(*), count(DISTINCT event_id) FROM events'), [[400, 400]])
      assert.ok(slowest < 1000, `the slowest took ${slowest} ms`)
    } finally {
      recorder.close()
    }
  })
})
