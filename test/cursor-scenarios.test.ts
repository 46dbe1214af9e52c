// What is Cursor's own, through the program as it is installed.

import * as assert from 'uvu/assert'
import { findAdapter } from '../src/agents/registry.ts'
import { CASES, explainOne } from './support/agent-cases.ts'
import { replay } from './support/replay.ts'
import { makeRepository } from './support/repository.ts'
import { describe } from './support/suite.ts'

const BEFORE = 'export function verifyToken(token: string): boolean {\n  return false;\n}\n'
const WRITTEN = JSON.stringify(BEFORE.replace('false', 'token.length > 3'))
const [OLD_LINE, NEW_LINE] = ['  return false;', '  return token.length > 3;']

/** The client tells of a file that was there only the lines that differ. */
const tellLines = (json: string): string => json.replace(`"old_string":"","new_string":${WRITTEN}`,
  `"old_string":${JSON.stringify(OLD_LINE)},"new_string":${JSON.stringify(NEW_LINE)}`)

describe('a session of Cursor', (it) => {
  it('tells once what it wrote into a file that was there', async () => {
    const repository = await makeRepository()
    await repository.commit('Begin', { 'src/auth.ts': BEFORE })
    const { code, output } = await repository.bitloops('init', '--agent', 'cursor')
    assert.is(code, 0, output)
    await replay(repository, findAdapter('cursor')!, CASES.cursor.capture, { plant: tellLines }).round()
    repository.write('src/auth.ts', BEFORE.replace(OLD_LINE, NEW_LINE))
    await repository.git('commit', '--quiet', '-a', '-m', 'Check the length')

    const { transcript, record } = await explainOne(repository, 'HEAD')
    const changes = transcript.flatMap((entry) =>
      entry.kind === 'file-change' && entry.tool === 'Write' ? [entry.hunks?.map(({ lines }) => lines)] : [])
    assert.equal(changes, [[[`-${OLD_LINE}`, `+${NEW_LINE}`]]])
    assert.equal(record.files.map(({ path, added, agentAdded }) => [path, added, agentAdded]), [['src/auth.ts', 1, 1]])
    repository.remove()
  })
})
