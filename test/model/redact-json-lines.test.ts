// An agent's own lines: redacted as what they mean, and lines of JSON as before.

import * as assert from 'uvu/assert'
import { redactJsonLines } from '../../src/model/redact-json-lines.ts'
import { GITHUB } from '../support/secrets.ts'
import { describe } from '../support/suite.ts'

const redact = async (line: string): Promise<string> => (await redactJsonLines([line]))[0]!

describe('redactJsonLines', (it) => {
  it('leaves a line without a secret byte for byte', async () => {
    const lines = ['{"a": 1.0, "b" :"\\u00e9\\/"}', '{"z":12345678901234567890}', '[]', '"x"', '{', '']
    assert.equal(await redactJsonLines(lines), lines)
  })

  it('goes by the names of what it replaces', async () => {
    assert.is(await redact('{"password":"plain words","env":[{"value":"letmein","name":"DB_PASSWORD"}],"n":"a"}'),
      '{"password":"[REDACTED:password]","env":[{"value":"[REDACTED:password]","name":"DB_PASSWORD"}],"n":"a"}')
    assert.is(await redact('{"password":12345678}'), '{"password":"[REDACTED:password]"}')
  })

  it('ends a secret where its line ends, and where its string ends, also in JSON in JSON', async () => {
    const token = 'a1B2c3D4e5F6g7H8'
    for (const [before, after] of [
      ['DB_PASSWORD=', '\tnext'], ['say "DB_PASSWORD=', '"'], ['-H "Authorization: Bearer ', '"\nnext'],
      ['curl -u "me:', '" h.test'],
    ]) {
      const output = (secret: string): string => JSON.stringify({ output: `${before}${secret}${after}` })
      const redacted = await redact(output(token))
      assert.is(redacted, output(/\[REDACTED:[a-z]+\]/.exec(redacted)?.[0] ?? 'nothing'))
      if (!after!.startsWith('"')) continue
      const inner = await redact(JSON.stringify({ arguments: output(token) }))
      assert.is(inner, JSON.stringify({ arguments: redacted }))
    }
  })

  it('sees both of two equal keys', async () => {
    assert.is(await redact(`{"a":"${GITHUB}","a":"x"}`), '{"a":"x"}')
  })

  it('redacts what is no JSON, or nested too deep, as a text', async () => {
    assert.is(await redact(`{"a":"${GITHUB}`), '{"a":"[REDACTED:github-token]')
    const deep = (text: string): string => `${'['.repeat(50_000)}"${text}"${']'.repeat(50_000)}`
    assert.is(await redact(deep(GITHUB)), deep('[REDACTED:github-token]'))
  })
})
