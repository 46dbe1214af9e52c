// Whose words stand in the messages of a user, as Gemini CLI wrote them down.

import * as assert from 'uvu/assert'
import { userMessageOf } from '../../../src/agents/gemini/prompts.ts'
import type { UserMessage } from '../../../src/agents/gemini/prompts.ts'
import { digestOf } from '../../../src/agents/json.ts'
import { describe } from '../../support/suite.ts'

const of = (content: unknown, displayContent?: unknown): UserMessage =>
  userMessageOf({ content, displayContent }, digestOf('Check the tests as well.'))

const human = (text: string): UserMessage => ({ kind: 'prompt', text, origin: 'human' })
const client = (text: string): UserMessage => ({ kind: 'prompt', text, origin: 'client' })

describe('a message of the user of Gemini CLI', (it) => {
  it('is what the user typed', () => {
    assert.equal(of([{ text: 'Add token auth' }]), human('Add token auth'))
    assert.equal(of('Add token auth'), human('Add token auth'))
    assert.equal(of([{ text: 'Say hello to Bob in a friendly way.' }], [{ text: '/greet Bob' }]), human('/greet Bob'))
  })

  it('AGT-12 loses what hooks and files put around it', () => {
    const start = '<hook_context>START &lt;b&gt;</hook_context>\n\nturn first'
    assert.equal(of([{ text: start }]), human('turn first'))
    assert.equal(of([{ text: 'turn first' }, { text: '<hook_context>AGENT</hook_context>' }]), human('turn first'))
    assert.equal(of([
      { text: `${start} with @README.md` }, { text: '\n--- Content from referenced files ---' },
      { text: '\nContent from @README.md:\n' }, { text: 'hello' }, { text: '\n--- End of content ---' },
    ]), human('turn first with @README.md'))
    assert.equal(of([{ text: '<hook_context>START</hook_context>' }]), { kind: 'context' })
  })

  it('is the client where a hook or the client itself wants more', () => {
    const asked = [{ text: 'Check the tests as well.' }]
    assert.equal(of(asked), client('Check the tests as well.'))
    assert.equal(of(asked, [{ text: 'turn first' }]), client('Check the tests as well.'), 'it shows the prompt before')
    assert.equal(of(asked, [{ functionResponse: { id: 'c1' } }]), client('Check the tests as well.'))
    assert.equal(of([{ text: 'System: Please continue.' }]), client('System: Please continue.'))
    assert.equal(of([{ text: 'Please continue.' }]), human('Please continue.'))
  })

  it('is no prompt where it sets up the model or brings results', () => {
    assert.equal(of([{ text: '<session_context>\nThis is the Gemini CLI.' }]), { kind: 'context' })
    assert.equal(of([{ functionResponse: { id: 'c1', response: { output: 'x' } } }]), { kind: 'context' })
    assert.equal(of([{ text: "Here is the user's editor context as a JSON object." }]), { kind: 'context' })
    assert.equal(of(undefined), { kind: 'context' })
  })

  it('is a command of the `!` mode', () => {
    const ran = 'I ran the following shell command:\n```sh\necho hi\n```\n\nThis produced the following result:\n'
    assert.equal(of([{ text: ran }]), { kind: 'shell', command: 'echo hi' })
  })

  it('may be given while the agent works', () => {
    const hint = 'User steering update:\n<user_input>\nUse tabs\n</user_input>\nInternal instruction: Re-evaluate'
    assert.equal(of([{ functionResponse: { id: 'c1' } }, { text: hint }]), { ...human('Use tabs'), steers: true })
  })

  it('counts images', () => {
    assert.equal(of([{ text: 'Look' }, { inlineData: { mimeType: 'image/png' } }]), { ...human('Look'), images: 1 })
    assert.equal(of([{ inlineData: {} }]), { ...human(''), images: 1 })
  })
})
