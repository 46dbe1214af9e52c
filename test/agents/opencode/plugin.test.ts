// The plugin that OpenCode loads: what it tells, and that nothing it meets reaches the client.

import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { opencode } from '../../../src/agents/opencode/adapter.ts'
import { describe } from '../../support/suite.ts'
import { makePluginScene, RECORDED_ROOT, replay } from './client.ts'
import type { PluginHooks, PluginScene, RecordedCallback } from './client.ts'
import { recordingsOf } from '../recordings.ts'
import type { RecordedHook } from '../recordings.ts'

const { captures, folder: recordings, readHooks } = recordingsOf(opencode)

const callbacksOf = (capture: string): readonly RecordedCallback[] =>
  readFileSync(join(recordings, `callbacks-${capture}.jsonl`), 'utf8').split('\n').filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RecordedCallback)

/** With no database of whoever runs the test in sight. */
async function withScene(work: (scene: PluginScene) => Promise<void>, agentHook?: string | 'none'): Promise<void> {
  const scene = makePluginScene(agentHook)
  if (agentHook === 'none') rmSync(scene.hook)
  const before = [process.env['XDG_DATA_HOME'], process.env['OPENCODE_DB']]
  process.env['XDG_DATA_HOME'] = scene.folder
  delete process.env['OPENCODE_DB']
  try {
    await work(scene)
  } finally {
    for (const [index, name] of ['XDG_DATA_HOME', 'OPENCODE_DB'].entries()) {
      if (before[index] === undefined) delete process.env[name]
      else process.env[name] = before[index]
    }
    rmSync(scene.folder, { recursive: true })
  }
}

const parts = [{ id: 'prt_1', type: 'text', text: 'Do it' }]
const ask = (hooks: PluginHooks, session = 'ses_1'): Promise<void> => hooks['chat.message'](
  { sessionID: session }, { message: { id: 'msg_1', time: { created: 1 } }, parts })
const toldBy = (scene: PluginScene): readonly string[] =>
  scene.delivered().map(({ event, payload }) => `${event} ${payload['session']} ${payload['turn'] ?? '-'}`)

describe('the plugin for OpenCode', (it) => {
  for (const capture of captures) {
    it(`tells the recorded payloads when it is called as the client did: ${capture}`, () => withScene(async (scene) => {
      const heard: RecordedHook[] = []
      await replay(scene, callbacksOf(capture), ({ t }) => {
        const found = scene.delivered().slice(heard.length)
        heard.push(...found.map(({ event, payload }) => ({ t, event, payload })))
      })
      const text = JSON.stringify(heard).replaceAll(scene.root, RECORDED_ROOT)
        .replaceAll(scene.folder, '/home/dev/.local/share')
      assert.equal(JSON.parse(text), readHooks(capture))
    }))
  }

  it('says which worktree it is about', () => withScene(async (scene) => {
    mkdirSync(join(scene.root, 'packages', 'core'), { recursive: true })
    await ask(await scene.load(join(scene.root, 'packages', 'core')))
    const [delivered] = scene.delivered()
    assert.is(delivered?.projectDir, scene.root)
    assert.is(delivered?.payload['directory'], join(scene.root, 'packages', 'core'))
  }))

  it('finds the script from a linked worktree', () => withScene(async (scene) => {
    const own = join(scene.root, '.git', 'worktrees', 'linked')
    const linked = join(scene.folder, 'linked')
    mkdirSync(own, { recursive: true })
    mkdirSync(linked)
    writeFileSync(join(own, 'commondir'), '../..\n')
    writeFileSync(join(linked, '.git'), `gitdir: ${own}\n`)
    await ask(await scene.load(linked))
    assert.equal(scene.delivered().map(({ projectDir }) => projectDir), [linked])
  }))

  it('names the database that the client writes', () => withScene(async (scene) => {
    const data = join(scene.folder, 'opencode')
    mkdirSync(data)
    for (const [name, time] of [['opencode.db', 10], ['opencode-dev.db', 20], ['opencode.db.bak', 30]] as const) {
      writeFileSync(join(data, name), '')
      utimesSync(join(data, name), time, time)
    }
    const hooks = await scene.load()
    await ask(hooks)
    writeFileSync(join(data, 'opencode.db-wal'), '')
    await ask(hooks)
    process.env['OPENCODE_DB'] = 'mine.db'
    await ask(hooks)
    process.env['OPENCODE_DB'] = ':memory:'
    await ask(hooks)
    assert.equal(scene.delivered().map(({ payload }) => payload['database']),
      [join(data, 'opencode-dev.db'), join(data, 'opencode.db'), join(data, 'mine.db'), undefined])
  }))

  it('delivers the same twice where two copies are loaded', () => withScene(async (scene) => {
    const copies = [await scene.load(), await scene.load()]
    for (const hooks of copies) await ask(hooks)
    for (const hooks of copies) await hooks.dispose()
    const idsOf = (): readonly string[] => scene.delivered().flatMap(({ event, payload }) => {
      const reading = opencode.parseHook({ agent: 'opencode', receivedAt: 1, event, payload })
      return reading.kind === 'reading' ? reading.observations.map((one) => one.event.id) : []
    })
    assert.equal(idsOf(), ['prompt:msg_1', 'prompt:msg_1', 'session-end:msg_1', 'session-end:msg_1'])
  }))

  it('tells why a turn failed with its end', () => withScene(async (scene) => {
    const hooks = await scene.load()
    await ask(hooks)
    const error = { name: 'MessageAbortedError', data: { message: 'Aborted' } }
    await hooks.event({ event: { type: 'session.error', properties: { sessionID: 'ses_1', error } } })
    await hooks.event({ event: { type: 'session.idle', properties: { sessionID: 'ses_1' } } })
    assert.equal(toldBy(scene), ['chat.message ses_1 msg_1', 'session.idle ses_1 msg_1'])
    assert.equal(scene.delivered().at(-1)?.payload['error'], error)
  }))

  it('knows the main session of a subagent that was made in an earlier start', () => withScene(async (scene) => {
    const hooks = await scene.load()
    await ask(hooks)
    const part = {
      id: 'prt_2', type: 'tool', tool: 'task', sessionID: 'ses_1', messageID: 'msg_2',
      state: { status: 'running', input: {}, metadata: { sessionId: 'ses_child' } },
    }
    await hooks.event({ event: { type: 'message.part.updated', properties: { part } } })
    const output = { env: {} as Record<string, string> }
    await hooks['shell.env']({ sessionID: 'ses_child', cwd: scene.root }, output)
    assert.equal(output.env, { BITLOOPS_OPENCODE_SESSION: 'ses_1' })
    await ask(hooks, 'ses_child')
    const { session, subagent, turn } = scene.delivered().at(-1)!.payload
    assert.equal([session, subagent, turn], ['ses_1', 'ses_child', 'msg_1'])
  }))

  it('leaves out large outputs that the database has, and images', () => withScene(async (scene) => {
    const hooks = await scene.load()
    const file = { id: 'prt_0', type: 'file', mime: 'image/png', url: `data:image/png;base64,${'A'.repeat(100_000)}` }
    await hooks['chat.message']({ sessionID: 'ses_1' }, { message: { id: 'msg_1' }, parts: [...parts, file] })
    const part = { id: 'prt_2', type: 'tool', tool: 'bash', sessionID: 'ses_1', messageID: 'msg_2', state: {
      status: 'completed', input: { command: 'ls' }, output: 'short',
      metadata: { exit: 0, output: 'B'.repeat(100_000) }, attachments: [file], time: { start: 1, end: 2 },
    } }
    await hooks.event({ event: { type: 'message.part.updated', properties: { part } } })
    assert.is(JSON.stringify(scene.delivered()).length < 2000, true)
    assert.equal(scene.delivered().map(({ event }) => event), ['chat.message', 'message.part.updated'])
  }))
})

describe('whatever the plugin meets', (it) => {
  /** The time that a prompt takes, in ms; whatever is thrown would end the client. */
  async function timeOf(scene: PluginScene): Promise<number> {
    const began = Date.now()
    await ask(await scene.load())
    return Date.now() - began
  }

  it('does nothing where git-bitloops is not installed', () => withScene(async (scene) => {
    const hooks = await scene.load()
    const output = { env: {} }
    await ask(hooks)
    await hooks['shell.env']({ sessionID: 'ses_1' }, output)
    await hooks.dispose()
    assert.equal(output.env, {})
    assert.equal(readdirSync(join(scene.root, '.git', 'bitloops')), [])
  }, 'none'))

  it('does nothing outside of repositories', () => withScene(async (scene) => {
    rmSync(join(scene.root, '.git'), { recursive: true })
    await ask(await scene.load())
  }))

  it('is not held up by a script that hangs, and soon leaves it alone', () => withScene(async (scene) => {
    const hooks = await scene.load()
    const began = Date.now()
    for (let prompt = 0; prompt < 5; prompt += 1) await ask(hooks)
    const ms = Date.now() - began
    assert.is(ms > 2500 && ms < 12_000, true, `${ms} ms`)
    assert.is(readFileSync(`${scene.hook}.asked`, 'utf8'), '...')
  }, 'printf . >>"$0.asked"; exec sleep 30\n'))

  it('lets no failure and no output through', async () => {
    for (const script of ['exit 2\n', 'kill -9 $$\n', 'echo out; echo err >&2\n', 'echo broken (\n']) {
      await withScene(async (scene) => { assert.is(await timeOf(scene) < 5000, true) }, script)
    }
  })

  it('survives a script that cannot be read and a .git that says nothing', () => withScene(async (scene) => {
    chmodSync(scene.hook, 0o000)
    await ask(await scene.load())
    const odd = join(scene.folder, 'odd')
    mkdirSync(odd)
    writeFileSync(join(odd, '.git'), '')
    await ask(await scene.load(odd))
  }))

  it('survives calls that make no sense', () => withScene(async (scene) => {
    const hooks = await scene.load()
    for (const odd of [undefined, null, 7, 'text', [], {}, { event: {} }, { event: { type: 'session.created' } }, {
      event: { type: 'message.part.updated', properties: { part: { type: 'tool' } } },
    }]) {
      for (const name of ['event', 'chat.message', 'shell.env', 'dispose'] as const) await hooks[name](odd, odd)
    }
    const loop = (id: string, parentID: string): unknown =>
      ({ event: { type: 'session.updated', properties: { info: { id, parentID } } } })
    await hooks.event(loop('ses_1', 'ses_2'))
    await hooks.event(loop('ses_2', 'ses_1'))
    await ask(hooks)
    assert.is(existsSync(scene.hook), true)
  }))

  it('imports nothing that is not part of Node', () => {
    const imports = makeImports()
    assert.is(imports.length > 2, true)
    assert.equal(imports.filter((name) => !name.startsWith('node:')), [])
  })
})

function makeImports(): readonly string[] {
  const scene = makePluginScene()
  const text = readFileSync(join(scene.folder, 'git-bitloops.mjs'), 'utf8')
  rmSync(scene.folder, { recursive: true })
  return [...text.matchAll(/from '([^']+)'/g)].map((found) => found[1]!)
}
