// A Git server over smart HTTP on the loopback: git's own `http-backend` behind a small server of ours.

import { execFileSync, spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

export interface ServeOptions {
  /** Whoever asks must say the user `ada` and this password. */
  readonly password?: string
  /** Takes every request and never answers; `pack`: tells what the refs are, but never sends objects. */
  readonly hang?: boolean | 'pack'
  /** Default false: as a repository that everybody may only read. */
  readonly push?: boolean
  /** Answers with this status instead of asking git. */
  readonly status?: number
}

export interface HttpRemote {
  /** `http://127.0.0.1:<port>`; a repository is `<url>/<its folder below the served one>`. */
  readonly url: string
  /** What was asked for: method, path and query. */
  readonly requests: readonly string[]
  close(): Promise<void>
}

export const HTTP_USER = 'ada'
/** Where git keeps the program; independent of any repository. */
const backend = (): string =>
  join(execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim(), 'git-http-backend')

/** Serves all repositories below `folder`. */
export async function serveRepositories(folder: string, options: ServeOptions = {}): Promise<HttpRemote> {
  const program = backend()
  const requests: string[] = []
  const server = createServer((request, response) => {
    const { method = '', url = '/' } = request
    requests.push(`${method} ${url}`)
    if (options.hang === true || (options.hang === 'pack' && method === 'POST' && !isListing(request))) return
    if (options.status !== undefined) answer(response, options.status)
    else if (options.password !== undefined && !isAuthorised(request, options.password)) {
      answer(response, 401, { 'www-authenticate': 'Basic realm="test"' })
    } else runBackend(program, folder, request, response, options.push === true)
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () => new Promise((resolve) => {
      server.close(() => { resolve() })
      server.closeAllConnections()
    }),
  }
}

function answer(response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, headers).end()
}

function isAuthorised({ headers }: IncomingMessage, password: string): boolean {
  const [, encoded = ''] = /^Basic (.+)$/.exec(headers.authorization ?? '') ?? []
  return Buffer.from(encoded, 'base64').toString('utf8') === `${HTTP_USER}:${password}`
}

/** In protocol 2 the list of refs is a POST of a few hundred bytes, too. */
const isListing = ({ headers }: IncomingMessage): boolean => headers['git-protocol'] === 'version=2'

/** As cgi(7) has it: the request in variables and stdin, headers and body on stdout. See git-http-backend(1). */
function runBackend(
  program: string, folder: string, request: IncomingMessage, response: ServerResponse, mayPush: boolean,
): void {
  const { pathname, search } = new URL(request.url ?? '/', 'http://localhost')
  const { headers } = request
  const child = spawn(program, [], {
    env: {
      PATH: process.env['PATH'], GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROJECT_ROOT: folder, PATH_INFO: decodeURIComponent(pathname), QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method, REMOTE_ADDR: '127.0.0.1', GIT_PROTOCOL: String(headers['git-protocol'] ?? ''),
      CONTENT_TYPE: headers['content-type'] ?? '', HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
      ...headers['content-length'] === undefined ? {} : { CONTENT_LENGTH: headers['content-length'] },
      // With a user, git allows pushing without `http.receivepack` in each repository.
      ...mayPush ? { REMOTE_USER: HTTP_USER } : {},
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  child.stdin.on('error', () => { /* it has heard enough */ })
  request.pipe(child.stdin)
  let head: Buffer | undefined = Buffer.alloc(0)
  child.stdout.on('data', (chunk: Buffer) => {
    if (head === undefined) {
      response.write(chunk)
      return
    }
    head = Buffer.concat([head, chunk])
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) return
    writeHead(response, head.subarray(0, end).toString('latin1'))
    response.write(head.subarray(end + 4))
    head = undefined
  })
  child.on('close', () => { response.end() })
  response.on('close', () => { child.kill() })
}

function writeHead(response: ServerResponse, text: string): void {
  const lines = text.split('\r\n').map((line): readonly [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
  })
  const status = Number(lines.find(([name]) => name === 'status')?.[1].slice(0, 3) ?? 200)
  response.writeHead(status, Object.fromEntries(lines.filter(([name]) => name !== 'status')))
}
