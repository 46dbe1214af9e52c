// Databases of OpenCode that are locked, missing, broken or of another version, and those of the real client.

import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Sqlite from 'better-sqlite3'
import * as assert from 'uvu/assert'
import { opencode } from '../../src/agents/opencode/adapter.ts'
import { listOpenCodeSessions } from '../../src/store/opencode-transcript.ts'
import { expectTranscript } from '../../src/store/transcripts.ts'
import { answer, prompt, SES, stateOf, withOpenCode } from '../support/opencode-scene.ts'
import { findingsOf, rowsOf } from '../support/recorder.ts'
import { describe } from '../support/suite.ts'
import { recordingsOf } from '../agents/recordings.ts'

describe('a database that cannot be read as usual', (it) => {
  it('is missing, or does not know the session', () => withOpenCode(async (scene) => {
    assert.equal(await scene.read(), [])
    assert.is(stateOf(scene), 'missing')
    scene.client.close()
    rmSync(scene.path)
    assert.equal(await scene.read(), [])
    assert.is(stateOf(scene), 'missing')
    assert.equal(findingsOf(scene), [])
    assert.is(existsSync(scene.path), false)
    assert.equal(await listOpenCodeSessions(scene.path), [])
  }))

  it('is locked, and read the next time', () => withOpenCode(async (scene) => {
    scene.client.session(SES, 1)
    prompt(scene, 'msg_1', 10, 'First')
    scene.client.close()
    const other = new Sqlite(scene.path)
    other.pragma('locking_mode = EXCLUSIVE')
    other.exec('CREATE TABLE held (x)')
    assert.equal(await scene.read(), [])
    assert.is(stateOf(scene), 'refused')
    assert.equal(findingsOf(scene), ['transcript: the database of the sessions is locked × 1'])
    other.close()
    assert.equal(await scene.read(), ['prompt First'])
    assert.is(stateOf(scene), 'read')
  }))

  it('has tables that we do not know', () => withOpenCode(async (scene) => {
    scene.client.session(SES, 1)
    scene.client.run('ALTER TABLE message RENAME COLUMN data TO body')
    scene.client.run(`INSERT INTO message VALUES ('msg_1', '${SES}', 1, 1, '{}')`)
    assert.equal(await scene.read(), [])
    assert.is(stateOf(scene), 'refused')
    assert.match(findingsOf(scene).join(), /database of the sessions cannot be read: no such column: data/)
  }))

  it('holds rows that are no JSON', () => withOpenCode(async (scene) => {
    const { client } = scene
    client.session(SES, 1)
    prompt(scene, 'msg_1', 10, 'First')
    client.run(`INSERT INTO message VALUES ('msg_bad', '${SES}', 11, 1, '{"role":')`)
    client.run(`INSERT INTO part VALUES ('prt_bad', 'msg_1', '${SES}', 11, 1, 'nonsense')`)
    answer(scene, 'msg_2', 'msg_1', 12, 'One')
    assert.equal(await scene.read(), ['prompt First', 'response One', 'turn-end completed'])
    assert.equal(findingsOf(scene), ['line: role:undefined × 1'])
  }))

  it('is no database, or not the user\'s own', () => withOpenCode(async (scene) => {
    scene.client.close()
    writeFileSync(scene.path, 'This is no database, whatever its name says. '.repeat(200))
    assert.equal(await scene.read(), [])
    assert.is(stateOf(scene), 'refused')
    rmSync(scene.path)
    symlinkSync('/etc/passwd', scene.path)
    assert.equal(await scene.read(), [])
    assert.match(findingsOf(scene).join(), /transcript is a symbolic link/)
  }))

  it('of a client that is not running is left as it is', () => withOpenCode(async (scene) => {
    scene.client.session(SES, 1)
    prompt(scene, 'msg_1', 10, 'First')
    scene.client.close()
    const folder = dirname(scene.path)
    assert.equal(readdirSync(folder), ['opencode.db'])
    const before = readFileSync(scene.path)
    assert.equal(await scene.read(), ['prompt First'])
    assert.equal(readdirSync(folder), ['opencode.db'])
    assert.is(before.equals(readFileSync(scene.path)), true)
  }))
})

describe('a database of the real client', (it) => {
  const { folder, sessionsOf, transcriptsOf } = recordingsOf(opencode)

  for (const capture of ['basic', 'subagent']) {
    it(`gives the lines that it exports: ${capture}`, async () => {
      const recorded = join(folder, 'transcripts', capture, 'opencode.db')
      const [session] = sessionsOf(capture)
      await withOpenCode(async (scene) => {
        expectTranscript(scene.store, scene.id, undefined, `${scene.path}#${session}`)
        await scene.read()
        for (const { source, lines } of transcriptsOf(capture, session!)) {
          const kept = rowsOf(scene.store,
            `SELECT line FROM native_lines WHERE subagent = '${source.subagent ?? ''}' ORDER BY offset`).flat()
          assert.equal(kept.map((line) => JSON.parse(line as string) as unknown),
            lines.map(({ text }) => JSON.parse(text) as unknown))
        }
      }, (path) => { copyFileSync(recorded, path) })
    })

    it(`lists its sessions: ${capture}`, async () => {
      const sessions = await listOpenCodeSessions(join(folder, 'transcripts', capture, 'opencode.db'))
      const [main] = sessionsOf(capture)
      const mains = sessions.filter(({ parent }) => parent === undefined)
      assert.equal(mains.map(({ session, directory }) => [session, directory]), [[main, '/home/dev/project']])
      assert.equal(sessions.filter(({ parent }) => parent === main).length, capture === 'subagent' ? 1 : 0)
    })
  }
})
