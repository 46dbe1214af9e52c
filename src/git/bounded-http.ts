// An HTTP client that gives up: after a time, and when more comes than we are ready to hold in memory.

import { BitloopsError } from '../errors.ts'

/** The clients of isomorphic-git (`isomorphic-git/http/node`, `…/http/web`) are of this shape. */
export interface HttpClient {
  request(request: HttpRequest): Promise<HttpResponse>
}

export interface HttpRequest {
  url: string
  method?: string | undefined
  headers?: Record<string, string> | undefined
  body?: AsyncIterableIterator<Uint8Array>
  signal?: AbortSignal | undefined
}

export interface HttpResponse {
  url: string
  method?: string | undefined
  headers?: Record<string, string> | undefined
  body?: AsyncIterableIterator<Uint8Array>
  statusCode: number
  statusMessage: string
}

export interface HttpLimits {
  /** Between one sign of life and the next. */
  readonly silenceMs: number
  /** For everything together. */
  readonly timeoutMs: number
  /** For everything that is received. */
  readonly maxBytes: number
}

export interface BoundedHttp extends HttpClient {
  /** Why it gave up, when it did. What is thrown may have been wrapped or lost on its way. */
  failure(): BitloopsError | undefined
  /** Does something that a person may take their time for; the limit of time begins anew after it. */
  suspend<Value>(work: () => Promise<Value>): Promise<Value>
  /** Ends what still runs. */
  close(): void
}

/** Time begins now. `onBytes` is told how much has come so far. */
export function boundHttp(http: HttpClient, limits: HttpLimits, onBytes?: (bytes: number) => void): BoundedHttp {
  const abort = new AbortController()
  let failed: BitloopsError | undefined
  let received = 0
  let stop: (error: BitloopsError) => void
  // Clients have been seen to wait for ever when a connection ends between two reads.
  const stopped = new Promise<never>((_, reject) => { stop = reject })
  stopped.catch(() => { /* told to those who wait */ })
  const giveUp = (message: string, hint?: string): BitloopsError => {
    failed ??= new BitloopsError('remote-failed', message, hint)
    stop(failed)
    abort.abort()
    return failed
  }
  const startTimer = (ms: number, what: string): ReturnType<typeof setTimeout> =>
    setTimeout(() => { giveUp(`the remote ${what} ${Math.ceil(ms / 1000)} s`) }, ms)
  const startSilence = () => startTimer(limits.silenceMs, 'did not answer within')
  const startTotal = () => startTimer(limits.timeoutMs, 'was not done after')
  let [silence, total] = [startSilence(), startTotal()]
  const stopTimers = (): void => {
    clearTimeout(silence)
    clearTimeout(total)
  }
  const hear = (): void => {
    clearTimeout(silence)
    silence = startSilence()
  }

  async function* counted(body: AsyncIterable<Uint8Array>): AsyncIterableIterator<Uint8Array> {
    const chunks = body[Symbol.asyncIterator]()
    for (;;) {
      const { value, done } = await Promise.race([chunks.next(), stopped])
      hear()
      if (done === true) return
      received += value.byteLength
      if (received > limits.maxBytes) {
        const most = Math.floor(limits.maxBytes / 2 ** 20)
        throw giveUp(`the remote sent more than ${most} MiB, which is too much to hold in memory`,
          'git bitloops fetch brings checkpoints of any size into a clone')
      }
      onBytes?.(received)
      yield value
    }
  }

  return {
    async request(request) {
      const response = await Promise.race([http.request({ ...request, signal: abort.signal }), stopped])
      hear()
      return response.body === undefined ? response : { ...response, body: counted(response.body) }
    },
    failure: () => failed,
    async suspend(work) {
      stopTimers()
      try {
        return await work()
      } finally {
        silence = startSilence()
        total = startTotal()
      }
    },
    close() {
      stopTimers()
      abort.abort()
    },
  }
}
