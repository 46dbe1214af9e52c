// Reading on in transcripts that grow, move, are replaced, are not ours, or make no sense.

import {
  appendFileSync, chmodSync, chownSync, closeSync, mkdirSync, openSync, renameSync, rmSync, symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { MAX_LINE_BYTES, readLines } from '../../src/store/lines.ts'
import { findingsOf, makeRecorder, payloads, rowsOf, SESSION } from '../support/recorder.ts'
import type { Recorder } from '../support/recorder.ts'
import { describe } from '../support/suite.ts'
import { writeTranscript } from '../support/transcript.ts'
import type { TranscriptWriter } from '../support/transcript.ts'

interface Scene extends Recorder {
  readonly transcript: TranscriptWriter
  readonly told: ReturnType<typeof payloads>
}

async function withScene(work: (scene: Scene) => Promise<void>): Promise<void> {
  const recorder = await makeRecorder()
  const path = join(recorder.repository.home, 'projects', `${SESSION}.jsonl`)
  const transcript = writeTranscript({
    path, session: SESSION, cwd: recorder.repository.root, version: '2.1.329', model: 'claude-test', branch: 'main',
  })
  try {
    await work({ ...recorder, transcript, told: payloads(recorder.repository.root, SESSION, path) })
  } finally {
    recorder.close()
  }
}

function say(transcript: TranscriptWriter, turn: string, prompt: string, answer: string): void {
  transcript.prompt(prompt, turn)
  transcript.add({ type: 'text', text: answer })
  transcript.flush('end_turn')
}

const answersOf = ({ store }: Recorder): unknown =>
  rowsOf(store, `SELECT body ->> '$.text' FROM events
    WHERE kind = 'response' AND source = 'transcript' ORDER BY id`).flat()
const stateOf = ({ store }: Recorder): unknown => rowsOf(store, 'SELECT transcript_state FROM sessions')[0]![0]
const turns = (...names: readonly string[]): readonly string[] => names.map((name) => `${name}-0000`)

describe('reading on in a transcript', (it) => {
  const [one, two] = turns('one', 'two') as [string, string]

  it('tells what is new at each payload, once', () => withScene(async (scene) => {
    await scene.tell(scene.told.prompt(one, 'First'))
    say(scene.transcript, one, 'First', 'Answer one')
    await scene.tell(scene.told.stop(one, 'Answer one'))
    assert.equal(answersOf(scene), ['Answer one'])
    assert.is(stateOf(scene), 'read')
    say(scene.transcript, two, 'Second', 'Answer two')
    await scene.tell(scene.told.stop(two, 'Answer two'))
    await scene.tell(scene.told.stop(two, 'Answer two'))
    assert.equal(answersOf(scene), ['Answer one', 'Answer two'])
  }))

  it('waits for the end of a line', () => withScene(async (scene) => {
    say(scene.transcript, one, 'First', 'Answer one')
    let whole = ''
    scene.transcript.rewrite((lines) => { whole = lines.join('\n'); return lines })
    writeFileSync(scene.transcript.path, whole.slice(0, -20))
    await scene.tell(scene.told.prompt(one, 'First'))
    assert.equal(answersOf(scene), [])
    appendFileSync(scene.transcript.path, `${whole.slice(-20)}\n`)
    await scene.tell(scene.told.stop(one))
    assert.equal(answersOf(scene), ['Answer one'])
    assert.equal(findingsOf(scene), [])
  }))

  it('waits for an answer that is written a moment after the turn is said to be over',
    () => withScene(async (scene) => {
    await scene.tell(scene.told.prompt(one, 'First'))
    scene.hook(scene.told.stop(one, 'Late answer'))
    setTimeout(() => { say(scene.transcript, one, 'First', 'Late answer') }, 60)
    await scene.record({ patient: true })
    assert.equal(answersOf(scene), ['Late answer'])
  }))

  it('reads without any payload what was written of a session under way', () => withScene(async (scene) => {
    await scene.tell(scene.told.prompt(one, 'First'))
    say(scene.transcript, one, 'First', 'Cut off')
    await scene.record()
    assert.equal(answersOf(scene), ['Cut off'])
  }))

  it('CAP-20: begins anew when the file was replaced, and doubles nothing', () => withScene(async (scene) => {
    say(scene.transcript, one, 'First', 'Answer one')
    say(scene.transcript, two, 'Second', 'Answer two')
    await scene.tell(scene.told.stop(two))
    scene.transcript.rewrite((lines) => lines.slice(Math.ceil(lines.length / 2)))
    const [three] = turns('three') as [string]
    say(scene.transcript, three, 'Third', 'Answer three')
    await scene.tell(scene.told.stop(three))
    assert.equal(answersOf(scene), ['Answer one', 'Answer two', 'Answer three'])
    assert.equal(findingsOf(scene), [`transcript-replaced: ${SESSION} × 1`])
    assert.equal(rowsOf(scene.store, `SELECT count(*) FROM native_lines WHERE line LIKE '%Answer two%'`), [[1]])
  }))

  it('goes on in a file that was moved', () => withScene(async (scene) => {
    say(scene.transcript, one, 'First', 'Answer one')
    await scene.tell(scene.told.stop(one))
    const moved = join(scene.repository.home, 'projects', 'moved.jsonl')
    renameSync(scene.transcript.path, moved)
    await scene.tell(payloads(scene.repository.root, SESSION, moved).stop(one))
    assert.equal(answersOf(scene), ['Answer one'])
    assert.equal(rowsOf(scene.store, 'SELECT path, offset > 0 FROM transcripts'), [[moved, 1]])
    assert.equal(findingsOf(scene), [])
  }))

  it('is not behind when two readers read at once', () => withScene(async (scene) => {
    for (let turn = 0; turn < 20; turn += 1) say(scene.transcript, `${turn}-turn`, `Prompt ${turn}`, `Answer ${turn}`)
    scene.hook(scene.told.stop('19-turn'))
    await Promise.all([scene.record(), scene.record()])
    await scene.record()
    assert.is((answersOf(scene) as string[]).length, 20)
  }))

  it('keeps lines redacted, each once', () => withScene(async (scene) => {
    const secret = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`
    say(scene.transcript, one, `Use ${secret}`, 'Answer one')
    await scene.tell(scene.told.stop(one))
    const lines = rowsOf(scene.store, 'SELECT line FROM native_lines').flat() as string[]
    assert.ok(lines.some((line) => line.includes('Answer one')))
    assert.not.ok(lines.some((line) => line.includes(secret)))
  }))
})

describe('a transcript that is refused', (it) => {
  const refused = (name: string, finding: string, arrange: (path: string) => void, may = true): void => {
    const state = may ? it : it.skip
    state(`SEC-14: ${name}`, () => withScene(async (scene) => {
      say(scene.transcript, 'one-turn', 'First', 'Answer one')
      arrange(scene.transcript.path)
      await scene.tell(scene.told.stop('one-turn'))
      assert.equal(answersOf(scene), [])
      assert.is(stateOf(scene), 'refused')
      assert.equal(findingsOf(scene), [`transcript: ${finding} × 1`])
    }))
  }
  refused('is a symbolic link', 'transcript is a symbolic link', (path) => {
    renameSync(path, `${path}.elsewhere`)
    symlinkSync(`${path}.elsewhere`, path)
  })
  refused('is a folder', 'transcript is not a regular file', (path) => {
    rmSync(path)
    mkdirSync(path)
  })
  // Only root can give files away, and only others cannot read what is not theirs.
  const isRoot = process.getuid?.() === 0
  console.log(isRoot ? 'skip: root may open what others cannot' : 'skip: giving a file to another user needs root')
  refused('belongs to another user', 'transcript belongs to another user', (path) => { chownSync(path, 12345, 12345) },
    isRoot)
  refused('cannot be opened', 'transcript cannot be opened: EACCES', (path) => { chmodSync(path, 0) }, !isRoot)
})

describe('readLines', (it) => {
  const read = (scene: Scene, bytes: string | Buffer): readonly (readonly [number, number])[] => {
    const path = join(scene.repository.home, 'lines')
    writeFileSync(path, bytes)
    const file = openSync(path, 'r')
    try {
      return [...readLines(file,
        0)].flatMap(({ lines }) => lines.map(({ offset, text }) => [offset, text.length] as const))
    } finally {
      closeSync(file)
    }
  }

  it('gives offsets in bytes, also where lines cross chunks', () => withScene(async (scene) => {
    const long = 'ü'.repeat(1_500_000)
    assert.equal(read(scene, `a\n${long}\r\nb\n\nlast`), [[0, 1], [2, 1_500_000], [3_000_004, 1], [3_000_006, 0]])
  }))

  it('skips a line that is too long', () => withScene(async (scene) => {
    assert.equal(read(scene, Buffer.concat([Buffer.from('a\n'), Buffer.alloc(MAX_LINE_BYTES + 1, 'x'),
      Buffer.from('\nb\n')])),
      [[0, 1], [MAX_LINE_BYTES + 4, 1]])
  }))
})
