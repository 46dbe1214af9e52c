// Whether a snapshot is what was there when the turn began or ended, where the drain came late.

import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { findAdapter } from '../../src/agents/registry.ts'
import { judgeSnapshots } from '../../src/store/snapshots-judge.ts'
import { payloads } from '../support/recorder.ts'
import type { Recorder } from '../support/recorder.ts'
import { namesIn, rowsOf, withTurns } from '../support/snapshots.ts'
import { describe } from '../support/suite.ts'

const judged = async ({ store, context, repository }: Recorder): Promise<readonly (readonly string[])[]> =>
  (await judgeSnapshots({ store, repository: context.repository, findAdapter }, repository.root))
    .map(({ turn, moment, state }) => [turn, moment, state])
const edit = (root: string, turn: string, call: string, path: string, before: string | null, after: string) => ({
  ...payloads(root).after(turn, call, 'Write', { file_path: join(root, path), content: after }, {
    type: before === null ? 'create' : 'update', filePath: join(root, path), content: after, originalFile: before,
    structuredPatch: before === null ? [] : [{
      oldStart: 1, oldLines: 1, newStart: 1, newLines: 1, lines: [`-${before.trimEnd()}`, `+${after.trimEnd()}`],
    }],
  }),
})

describe('a snapshot that came late', (it) => {
  it('is never called exact when a shell ran before', () => withTurns(async (recorder, told) => {
    recorder.hook(told.prompt('t1', 'One'))
    recorder.repository.write('a.ts', 'changed\n')
    await recorder.tell(told.before('t1', 'c1', 'Bash', { command: 'make' }), told.after('t1', 'c1', 'Bash'))
    await recorder.tell(told.stop('t1'))
    assert.equal(await judged(recorder), [['t1', 'start', 'late'], ['t1', 'end', 'exact']])
  }))

  it('is exact when only reading tools ran before', () => withTurns(async (recorder, told) => {
    await recorder.tell(told.prompt('t1', 'One'), told.before('t1', 'c1', 'Read'), told.after('t1', 'c1', 'Read'))
    assert.equal(await judged(recorder), [['t1', 'start', 'exact']])
  }))

  it('is put right by what tools told of the text before', () => withTurns(async (recorder, told) => {
    const { repository } = recorder
    const { root } = repository
    repository.write('b.ts', 'dirty\n')
    const before = await repository.git('rev-parse', 'HEAD:a.ts')
    recorder.hook(told.prompt('t1', 'One'))
    for (const [call, path, old, text] of [
      ['c1', 'a.ts', 'a\n', 'agent\n'], ['c2', 'b.ts', 'dirty\n', 'agent\n'], ['c3', 'b.ts', 'agent\n', 'again\n'],
      ['c4', 'made.ts', null, 'made\n'],
    ] as const) {
      recorder.hook(told.before('t1', call, 'Write'))
      repository.write(path, text)
      recorder.hook(edit(root, 't1', call, path, old, text))
    }
    await recorder.record()
    await recorder.tell(told.stop('t1'))
    assert.equal(await judged(recorder), [['t1', 'start', 'mended'], ['t1', 'end', 'exact']])
    const { tree } = rowsOf(recorder)[0]!
    assert.equal(await namesIn(recorder, tree), ['a.ts', 'b.ts'])
    assert.is(await repository.git('rev-parse', `${tree}:a.ts`), before)
    await repository.git('gc', '--quiet', '--prune=now')
    assert.is(await repository.git('cat-file', 'blob', `${tree}:b.ts`), 'dirty')
  }))

  it('of an end that came after the next turn had begun to write is late', () => withTurns(async (recorder, told) => {
    await recorder.tell(told.prompt('t1', 'One'))
    for (const hook of [told.stop('t1'), told.prompt('t2', 'Two'), told.before('t2', 'c1', 'Bash')]) recorder.hook(hook)
    recorder.repository.write('a.ts', 'by the next\n')
    await recorder.tell(told.after('t2', 'c1', 'Bash'))
    assert.equal((await judged(recorder)).filter(([turn]) => turn === 't1'),
      [['t1', 'start', 'exact'], ['t1', 'end', 'late']])
  }))

  it('is late when nobody looked for long', () => withTurns(async (recorder, told) => {
    recorder.hook(told.prompt('t1', 'One'))
    await recorder.record({ now: () => Date.now() + 60_000 })
    assert.equal(await judged(recorder), [['t1', 'start', 'late']])
  }))
})
