// Transcripts below a home: whose they are, by their names and first lines.

import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import type { AgentAdapter } from '../../src/agents/agent.ts'
import { claudeCode } from '../../src/agents/claude-code/adapter.ts'
import type { SessionId } from '../../src/model/ids.ts'
import { findTranscripts } from '../../src/store/transcript-files.ts'
import type { TranscriptSearch } from '../../src/store/transcript-files.ts'
import { makeSandbox } from '../support/sandbox.ts'
import { describe } from '../support/suite.ts'

const ONE = '76fa4d34-4f4c-475f-ab9b-2fe870c794a6' as SessionId
const OTHER = 'cbf2f7d6-e222-4951-a4a3-a6c936ab2202' as SessionId

/** An agent whose files lie in dated folders, and whose lines alone say whose they are. */
const dated: AgentAdapter = {
  ...claudeCode,
  transcriptFolders: (_cwd, home) => [{ path: `${home}/dated`, depth: 2 }],
  sessionOfTranscript: (_path, lines = []) => /^id (\S+)/.exec(lines[0] ?? '')?.[1] as SessionId | undefined,
  startedIn: (lines) => lines[1],
}

function search(adapter: AgentAdapter, files: Readonly<Record<string, string>>, asked: Partial<TranscriptSearch> = {}) {
  const { home, remove } = makeSandbox()
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(home, name)), { recursive: true })
      writeFileSync(join(home, name), text)
      utimesSync(join(home, name), 1000, text.includes('old') ? 1000 : 2000)
    }
    symlinkSync('/etc/passwd', join(home, 'link.jsonl'))
    return [...findTranscripts(adapter, { home, env: {}, since: 0, ...asked })].map((found) =>
      ({ session: found.session, ...(found.startedIn === undefined ? {} : { startedIn: found.startedIn }) }))
  } finally {
    remove()
  }
}

const line = (cwd: string): string => `${JSON.stringify({ type: 'user', cwd })}\n`

describe('findTranscripts', (it) => {
  const claude = {
    [`.claude/projects/-p/${ONE}.jsonl`]: `{"type":"summary"}\n${line('/p')}`,
    [`.claude/projects/-q/${OTHER}.jsonl`]: line('/q'),
    '.claude/projects/-p/agent-a134024.jsonl': line('/p'),
    '.claude/projects/-p/notes.txt': 'no transcript',
  }
  it('lists those of one folder, and of all', () => {
    assert.equal(search(claudeCode, claude, { cwd: '/p' }), [{ session: ONE, startedIn: '/p' }])
    assert.equal(search(claudeCode, claude).map(({ session }) => session).sort(), [ONE, OTHER])
    assert.equal(search(claudeCode, claude, { session: OTHER }), [{ session: OTHER, startedIn: '/q' }])
  })
  it('leaves out what was not changed since then', () => {
    const files = { 'dated/a/b/1.jsonl': 'id new\n/p\n', 'dated/a/b/2.jsonl': 'id old\n/p\n' }
    assert.equal(search(dated, files, { since: 1_500_000 }), [{ session: 'new', startedIn: '/p' }])
  })
  it('asks the first lines where the name does not say', () => {
    const files = { 'dated/a/b/1.jsonl': 'id x\n/p\n', 'dated/a/b/2.jsonl': 'child\n', 'dated/1.jsonl': 'id y\n/p\n' }
    assert.equal(search(dated, files), [{ session: 'x', startedIn: '/p' }])
  })
  it('reads only the head of a long file, whole lines of it', () => {
    const files = { 'dated/a/b/1.jsonl': `id x\n${'long'.repeat(100_000)}\n` }
    assert.equal(search(dated, files), [{ session: 'x' }])
  })
})
