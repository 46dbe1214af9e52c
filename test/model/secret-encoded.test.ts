// Secrets in Base64 of text.

import * as assert from 'uvu/assert'
import { redactTexts } from '../../src/model/redact.ts'
import { BEGIN, END, GITHUB, KEY_BODY, random } from '../support/secrets.ts'
import { describe } from '../support/suite.ts'

const encode = (text: string): string => Buffer.from(text).toString('base64')
const redact = async (text: string): Promise<string> => (await redactTexts([text])).texts[0]!

describe('a secret in Base64', (it) => {
  it('is replaced with all that is encoded with it', async () => {
    assert.is(await redact(`a: ${encode(`export X='${GITHUB}'\n`)}\nb`), 'a: [REDACTED:github-token]\nb')
    const url = Buffer.from('{"password":"hunter2xyz"}').toString('base64url')
    assert.is(await redact(`"${url}"`), '"[REDACTED:password]"')
  })

  it('is found in lines as base64 writes them', async () => {
    const lines = encode(`${BEGIN}\n${`${KEY_BODY}\n`.repeat(4)}${END}\n`).replace(/.{76}/g, '$&\n')
    assert.is(await redact(`$ base64 key.pem\n${lines}\n$ `), '$ base64 key.pem\n[REDACTED:private-key]\n$ ')
  })

  it('is not seen in other texts, in bytes, in names and in paths', async () => {
    const others = [
      encode('The password is told to nobody who asks for it.'), Buffer.alloc(600, 0x89).toString('base64'),
      'src/model/agents/TranscriptReaderOfTheAgent', random(200), '550e8400-e29b-41d4-a716-446655440000',
    ]
    assert.equal((await redactTexts(others)).texts, others)
  })
})
