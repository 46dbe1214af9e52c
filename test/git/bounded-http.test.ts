// The limits that an HTTP client is put under.

import * as assert from 'uvu/assert'
import { boundHttp } from '../../src/git/bounded-http.ts'
import { describe, rejects } from '../support/suite.ts'

describe('boundHttp', (it) => {
  const client = (body: AsyncIterableIterator<Uint8Array>): Parameters<typeof boundHttp>[0] =>
    ({ request: async ({ url }) => ({ url, statusCode: 200, statusMessage: 'OK', body }) })
  async function* silence(): AsyncIterableIterator<Uint8Array> {
    yield new Uint8Array(3)
    await new Promise(() => { /* for ever */ })
  }

  it('gives up on a client that never ends, and counts what came', async () => {
    const seen: number[] = []
    const http = boundHttp(
      client(silence()), { silenceMs: 50, timeoutMs: 10_000, maxBytes: 10 }, (bytes) => { seen.push(bytes) })
    const { body } = await http.request({ url: 'http://example.com' })
    const error = await rejects((async () => { for await (const chunk of body!) assert.is(chunk.byteLength, 3) })())
    assert.equal([error, seen], [http.failure(), [3]])
  })

  it('gives up on a client that comes to no end', async () => {
    async function* drops(): AsyncIterableIterator<Uint8Array> {
      for (;;) {
        await new Promise((resolve) => { setTimeout(resolve, 5) })
        yield new Uint8Array(1)
      }
    }
    const http = boundHttp(client(drops()), { silenceMs: 5000, timeoutMs: 60, maxBytes: 1000 })
    const { body } = await http.request({ url: 'http://example.com' })
    const error = await rejects((async () => { for await (const chunk of body!) assert.is(chunk.byteLength, 1) })())
    assert.match(error.message, 'was not done after 1 s')
    http.close()
  })

  it('does not count the time that a person takes', async () => {
    const http = boundHttp(client(silence()), { silenceMs: 30, timeoutMs: 40, maxBytes: 10 })
    await http.suspend(() => new Promise((resolve) => { setTimeout(resolve, 80) }))
    assert.is(http.failure(), undefined)
    http.close()
  })
})
