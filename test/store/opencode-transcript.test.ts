// Reading on in the database that OpenCode writes: rows that change in place, that are taken back, that are many.

import * as assert from 'uvu/assert'
import { answer, prompt, SES, stateOf, withOpenCode } from '../support/opencode-scene.ts'
import { findingsOf, rowsOf } from '../support/recorder.ts'
import { describe } from '../support/suite.ts'

describe('reading a session of OpenCode', (it) => {
  it('tells what is new at each reading, once', () => withOpenCode(async (scene) => {
    scene.client.session(SES, 1)
    prompt(scene, 'msg_1', 10, 'First')
    answer(scene, 'msg_2', 'msg_1', 11, 'One')
    assert.equal(await scene.read(), ['prompt First', 'response One', 'turn-end completed'])
    assert.is(stateOf(scene), 'read')
    const before = rowsOf(scene.store, 'SELECT offset FROM transcripts')
    await scene.read()
    assert.equal(rowsOf(scene.store, 'SELECT offset FROM transcripts'), before)
    prompt(scene, 'msg_3', 20, 'Second')
    answer(scene, 'msg_4', 'msg_3', 21, 'Two')
    assert.equal((await scene.read()).slice(3), ['prompt Second', 'response Two', 'turn-end completed'])
  }))

  it('reads a message again until the client is done with it', () => withOpenCode(async (scene) => {
    const { client } = scene
    const tool = (state: object): void =>
      client.part(SES, 'msg_2', 'prt_2', { type: 'tool', tool: 'bash', state: { input: { command: 'ls' }, ...state } })
    client.session(SES, 1)
    prompt(scene, 'msg_1', 10, 'Do it')
    client.message(SES, 'msg_2', 11, { role: 'assistant', parentID: 'msg_1' })
    tool({ status: 'pending' })
    assert.equal(await scene.read(), ['prompt Do it'])
    tool({ status: 'running', time: { start: 12 } })
    assert.equal((await scene.read()).slice(1), ['tool-call '])
    tool({ status: 'completed', output: 'a', time: { start: 12, end: 13 } })
    assert.equal((await scene.read()).slice(2), ['tool-result ok'])
    client.message(SES, 'msg_2', 11, { role: 'assistant', parentID: 'msg_1', finish: 'stop',
      time: { created: 11, completed: 14 } })
    assert.equal((await scene.read()).slice(3), ['turn-end completed'])
    client.part(SES, 'msg_2', 'prt_9', { type: 'text', text: 'Never looked at again' })
    assert.is((await scene.read()).length, 4)
  }))

  it('waits for the whole of a prompt', () => withOpenCode(async (scene) => {
    const { client } = scene
    client.session(SES, 1)
    client.message(SES, 'msg_1', 10, { role: 'user' }, Date.now())
    client.part(SES, 'msg_1', 'prt_1', { type: 'text', text: 'One' })
    assert.equal(await scene.read(), [])
    client.part(SES, 'msg_1', 'prt_2', { type: 'text', text: 'two' })
    answer(scene, 'msg_2', 'msg_1', 11, 'Yes')
    assert.equal((await scene.read())[0], 'prompt One\ntwo')
  }))

  it('tells a prompt that nobody answered, after a while', () => withOpenCode(async (scene) => {
    scene.client.session(SES, 1)
    prompt(scene, 'msg_1', 10, 'Anybody there?')
    assert.equal(await scene.read(), ['prompt Anybody there?'])
  }))

  it('goes on after messages were taken back and the rows numbered anew', () => withOpenCode(async (scene) => {
    const { client } = scene
    client.session(SES, 1)
    for (const turn of [1, 2, 3]) {
      prompt(scene, `msg_${turn}a`, turn * 10, `Ask ${turn}`)
      answer(scene, `msg_${turn}b`, `msg_${turn}a`, turn * 10 + 1, `Answer ${turn}`)
    }
    const before = (await scene.read()).length
    for (const table of ['part', 'message']) client.run(`DELETE FROM ${table} WHERE id LIKE '%msg_3%'`)
    client.run(`DELETE FROM message WHERE id = 'msg_1a'`)
    client.run('VACUUM')
    prompt(scene, 'msg_4a', 40, 'Ask 4')
    answer(scene, 'msg_4b', 'msg_4a', 41, 'Answer 4')
    assert.equal((await scene.read()).slice(before), ['prompt Ask 4', 'response Answer 4', 'turn-end completed'])
    assert.equal(findingsOf(scene), [])
  }))

  it('reads subagents, in the turn that asked for them', () => withOpenCode(async (scene) => {
    const { client, store } = scene
    client.session(SES, 1)
    prompt(scene, 'msg_1', 10, 'First')
    answer(scene, 'msg_2', 'msg_1', 11, 'One')
    prompt(scene, 'msg_3', 20, 'Second')
    client.message(SES, 'msg_4', 21, { role: 'user' })
    client.part(SES, 'msg_4', 'prt_msg_4', { type: 'text', text: 'Continue', synthetic: true })
    client.message(SES, 'msg_5', 22, { role: 'assistant', parentID: 'msg_4' })
    client.session('ses_child', 23, { parent: SES })
    client.session('ses_grandchild', 24, { parent: 'ses_child' })
    prompt(scene, 'msg_c1', 25, 'Help', 'ses_child')
    answer(scene, 'msg_c2', 'msg_c1', 26, 'Helped', 'ses_child')
    prompt(scene, 'msg_g1', 27, 'Help the helper', 'ses_grandchild')
    await scene.read()
    assert.equal(rowsOf(store, `SELECT subagent, turn, body ->> '$.text' FROM events WHERE subagent IS NOT NULL
      ORDER BY at`), [
      ['ses_child', 'msg_3', 'Help'], ['ses_child', 'msg_3', 'Helped'], ['ses_grandchild', 'msg_3', 'Help the helper'],
    ])
  }))

  it('keeps lines that resume can put together again', () => withOpenCode(async (scene) => {
    scene.client.session(SES, 1)
    prompt(scene, 'msg_1', 10, 'First')
    answer(scene, 'msg_2', 'msg_1', 11, 'One')
    await scene.read()
    const lines = rowsOf(scene.store, 'SELECT line FROM native_lines ORDER BY offset').flat() as string[]
    const kept = lines.map((line) => JSON.parse(line) as { kind: string; info: { id: string }; parts?: object[] })
    assert.equal(kept.map(({ kind, info, parts }) => [kind, info.id, parts?.length]),
      [['session', SES, undefined], ['message', 'msg_1', 1], ['message', 'msg_2', 1]])
  }))

  it('reads a long session in pieces', () => withOpenCode(async (scene) => {
    const { client } = scene
    client.session(SES, 1)
    client.run('BEGIN')
    for (let turn = 0; turn < 60; turn += 1) {
      prompt(scene, `msg_${turn}a`, 10 + turn * 10, `Ask ${turn} ${'x'.repeat(50_000)}`)
      answer(scene, `msg_${turn}b`, `msg_${turn}a`, 11 + turn * 10, `Answer ${turn}`)
    }
    client.run('COMMIT')
    assert.is((await scene.read()).length, 180)
  }))
})
