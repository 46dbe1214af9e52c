// Lines of a session that went on on several machines.

import * as assert from 'uvu/assert'
import { claudeCode } from '../../src/agents/claude-code/adapter.ts'
import { claudeCodeResume } from '../../src/agents/claude-code/resume.ts'
import { placeSession } from '../../src/agents/place-session.ts'
import type { RecordedLines } from '../../src/agents/place-session.ts'
import { describe } from '../support/suite.ts'

const HERE = { root: '/srv/here', home: '/home/me' }
const slice = (cwd: string, files: readonly string[], paths: readonly string[] = []): RecordedLines =>
  ({ lines: files.map((file) => JSON.stringify({ cwd, file })), paths })
const place = (...slices: readonly RecordedLines[]): ReturnType<typeof placeSession> =>
  placeSession(claudeCode, claudeCodeResume, slices, HERE)

describe('placeSession', (it) => {
  it('maps the root and the home of the machine it was recorded on', () => {
    const { lines, below } = place(slice('/home/ada/app', ['/home/ada/app/a.ts', '/home/ada/notes']))
    assert.equal([lines, below], [[
      '{"cwd":"/srv/here","file":"/srv/here/a.ts"}', '{"cwd":"/srv/here","file":"/home/me/notes"}',
    ], ''])
  })

  it('knows a session that was started in a folder below', () => {
    const { lines, below } = place(slice('/home/ada/app/core', ['/home/ada/app/core/a.ts'], ['core/a.ts']))
    assert.equal([lines, below], [['{"cwd":"/srv/here/core","file":"/srv/here/core/a.ts"}'], 'core'])
  })

  it('maps each machine by its own root', () => {
    const { lines } = place(
      slice('/home/ada/app', ['/home/ada/app/a.ts']), slice('/Users/bob/app', ['/Users/bob/app/b.ts'], ['b.ts']))
    assert.match(lines[1]!, '"/srv/here/b.ts"')
  })

  it('takes no folder for a root that the agent only went to', () => {
    const { lines, mappings } = place(
      slice('/srv/app', ['/srv/app/a.ts']), slice('/tmp', ['/tmp/x']), slice('/srv/app/deep', ['/srv/app/b.ts']))
    assert.equal(mappings, [{ from: '/srv/app', to: '/srv/here' }])
    assert.equal(lines.slice(1), ['{"cwd":"/tmp","file":"/tmp/x"}', '{"cwd":"/srv/here/deep","file":"/srv/here/b.ts"}'])
  })

  it('changes nothing where it was recorded', () => {
    const own = slice('/srv/here', ['/srv/here/a.ts'])
    assert.equal(place(own).lines, own.lines)
  })
})
