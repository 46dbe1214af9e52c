// Other capture tools, known by their commands.

import * as assert from 'uvu/assert'
import { agentHookCommand } from '../../src/model/agent-command.ts'
import { hookLine, planHook } from '../../src/model/hook-file.ts'
import { findOtherTools } from '../../src/model/other-tools.ts'
import { describe } from '../support/suite.ts'

const namesIn = (text: string, ...files: readonly string[]): readonly string[] =>
  findOtherTools([{ path: 'p', text }], files).map(({ name }) => name)

describe('findOtherTools', (it) => {
  it('knows them by what they write into hooks', () => {
    assert.equal(namesIn('{"command":"entire hooks claude-code stop"}'), ['Entire'])
    assert.equal(namesIn('exec /usr/local/bin/git-ai checkpoint claude --hook-input stdin'), ['git-ai'])
    assert.equal(namesIn('"bitloops hooks claude-code post-tool-use"'), ['the Bitloops CLI'])
    assert.equal(namesIn('', '.entire/settings.json'), ['Entire'])
    assert.equal(findOtherTools([{ path: 'a', text: 'entire hooks git' }], ['.entire/settings.json'])[0]!.places,
      ['a', '.entire/settings.json'])
  })

  it('does not take us, or other words, for them', () => {
    const hook = planHook('post-commit', undefined, 'backup')
    for (const text of [
      agentHookCommand('claude-code'), hookLine('post-commit'), hook.kind === 'write' ? hook.text : '',
      'git bitloops hook claude-code', '# the entire hook', 'git-aid', 'my-git-ai x', 'run git bitloops doctor',
    ]) assert.equal(namesIn(text), [], text)
  })
})
