// The agents' own files: nothing in them is lost.

import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { readAgentFile, replaceFile, writeNewFile } from '../../src/store/agent-files.ts'
import { makeSandbox } from '../support/sandbox.ts'
import { describe } from '../support/suite.ts'

const AT = Date.UTC(2026, 10, 20, 16, 11, 19)

describe('files of agents', (it) => {
  it('are written once, for their user alone, and leave nothing beside them', () => {
    const sandbox = makeSandbox()
    const path = join(sandbox.folder, 'deep', 'folder', 'a.jsonl')
    assert.is(writeNewFile({ path, text: 'first\n' }), true)
    assert.is(writeNewFile({ path, text: 'second\n' }), false)
    assert.equal([readFileSync(path, 'utf8'), statSync(path).mode & 0o777], ['first\n', 0o600])
    assert.equal(readdirSync(join(sandbox.folder, 'deep', 'folder')), ['a.jsonl'])
    sandbox.remove()
  })

  it('RES-06 keeps what gives way, and never a second copy in its place', () => {
    const sandbox = makeSandbox()
    const path = join(sandbox.folder, 'a.jsonl')
    writeFileSync(path, 'one\n')
    const first = replaceFile({ path, text: 'two\n' }, AT)
    const second = replaceFile({ path, text: 'three\n' }, AT)
    assert.is(first, `${path}.before-resume-20261120T161119Z`)
    assert.equal([first, second, path].map((file) => readFileSync(file, 'utf8')), ['one\n', 'two\n', 'three\n'])
    assert.equal([first, second].map((file) => file.endsWith('.jsonl')), [false, false])
    sandbox.remove()
  })

  it('are no links, folders or pipes: such a name is refused', () => {
    const sandbox = makeSandbox()
    const [link, folder] = [join(sandbox.folder, 'link'), join(sandbox.folder, 'folder')]
    symlinkSync('/etc/hostname', link)
    mkdirSync(folder)
    for (const path of [link, folder]) assert.throws(() => readAgentFile(path), /is not a regular file/)
    symlinkSync(join(sandbox.folder, 'nowhere'), join(sandbox.folder, 'dangling'))
    assert.is(writeNewFile({ path: join(sandbox.folder, 'dangling'), text: 'x' }), false)
    assert.not(existsSync(join(sandbox.folder, 'nowhere')))
    assert.is(readAgentFile(join(sandbox.folder, 'missing')), undefined)
    sandbox.remove()
  })
})
