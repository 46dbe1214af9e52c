// Reading payloads of any encoding.

import * as assert from 'uvu/assert'
import { decodeText, parsePayload } from '../../src/model/payload.ts'
import { describe } from '../support/suite.ts'

const valueOf = (bytes: Uint8Array): unknown => {
  const payload = parsePayload(bytes)
  return payload.kind === 'payload' ? payload.value : payload.reason
}
const swapped = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()

describe('parsePayload', (it) => {
  const json = '{"text":"Grüße 😀"}'
  const value = { text: 'Grüße 😀' }
  const rows: readonly (readonly [string, Uint8Array, unknown])[] = [
    ['UTF-8', Buffer.from(json), value],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${json}`), value],
    ['UTF-16LE with a byte order mark', Buffer.from(`\uFEFF${json}`, 'utf16le'), value],
    ['UTF-16BE with a byte order mark', swapped(`\uFEFF${json}`), value],
    ['UTF-16LE without one', Buffer.from(json, 'utf16le'), value],
    ['UTF-16BE without one', swapped(json), value],
    ['trailing zeros and white space', Buffer.from(`${json}\n\0\0`), value],
    ['raw control characters in a string', Buffer.from('{"text":"a\nb\u0007\tc\\n"}'), { text: 'a\nb\u0007\tc\n' }],
    ['an escaped quote before a raw line end', Buffer.from('{"text":"a\\"\nb"}'), { text: 'a"\nb' }],
    ['line ends between tokens', Buffer.from('{\r\n"text":\t"x"}'), { text: 'x' }],
    ['nothing', Buffer.alloc(0), 'empty payload'],
    ['white space', Buffer.from(' \n'), 'empty payload'],
    ['zeros', Buffer.alloc(64), 'empty payload'],
    ['a cut payload', Buffer.from('{"text":"Gr'), 'payload is cut off'],
    ['no JSON', Buffer.from('hello'), 'payload is not JSON'],
    ['a list', Buffer.from('[1]'), 'payload is not an object'],
    ['null', Buffer.from('null'), 'payload is not an object'],
  ]
  for (const [name, bytes, expected] of rows) it(`reads ${name}`, () => { assert.equal(valueOf(bytes), expected) })

  it('looks at ten megabytes of nonsense quickly', () => {
    const begun = Date.now()
    assert.is(valueOf(Buffer.alloc(10_000_000, '"\u0001')), 'payload is not JSON')
    assert.ok(Date.now() - begun < 5000)
  })
})

describe('decodeText', (it) => {
  it('takes bytes that are no text as they come', () => {
    assert.is(decodeText(Buffer.from([0x61, 0xff, 0x62])), 'a\uFFFDb')
  })
})
