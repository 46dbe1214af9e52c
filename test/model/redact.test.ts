// Private keys, what is left alone, decoded values, and that redaction fails closed and in time.

import * as assert from 'uvu/assert'
import { mergeCounts, redactTexts, redactValues, RULES_VERSION } from '../../src/model/redact.ts'
import type { Scan } from '../../src/model/redact.ts'
import { loadSecretlint, scanWithSecretlint } from '../../src/model/secretlint.ts'
import { AWS_ID, AWS_SECRET, BEGIN, END, GITHUB, glue, hex, JWT, KEY_BODY, random } from '../support/secrets.ts'
import { describe, rejects } from '../support/suite.ts'

describe('scanWithSecretlint', (it) => {
  it('gives the place of the secret, also where a rule reports another, and behind a BOM', async () => {
    for (const before of ['', '\ufeff', 'some text\n']) {
      const text = `${before}AWS_SECRET_ACCESS_KEY=${AWS_SECRET} and ${GITHUB}`
      const found = (await scanWithSecretlint(text)).map(({ start, end }) => text.slice(start, end))
      assert.equal(found.sort(), [GITHUB, AWS_SECRET].sort())
    }
  })
})

describe('redaction of private keys', (it) => {
  const lines = [BEGIN, KEY_BODY, KEY_BODY, 'AbCd==', END]
  const forms: Readonly<Record<string, string>> = {
    whole: lines.join('\n'),
    'with carriage returns': lines.join('\r\n'),
    short: [BEGIN, KEY_BODY.slice(0, 20), END].join('\n'),
    'on one line': lines.join(' '),
    'on one line, glued': lines.join(''),
    'in a diff': lines.map((line) => `+${line}`).join('\n'),
    'with line numbers': lines.map((line, index) => `     ${index + 1}→${line}`).join('\n'),
    'as code': lines.map((line) => `  '${line}\\n' +`).join('\n'),
    'without its end': lines.slice(0, 3).join('\n'),
    'without its beginning': lines.slice(1).join('\n'),
    'with headers': [BEGIN.replace('PRIVATE', 'RSA PRIVATE'), 'Proc-Type: 4,ENCRYPTED', '', KEY_BODY, END].join('\n'),
    'in JSON': JSON.stringify({ private_key: lines.join('\n') }),
  }
  for (const [name, key] of Object.entries(forms)) {
    it(`replaces a key ${name}`, async () => {
      const { texts: [text = ''], counts } = await redactTexts([`before\n${key}\nafter it all`])
      assert.not.match(text, KEY_BODY.slice(4, 20))
      assert.match(text, /^before\n[^]*\nafter it all$/)
      assert.ok((counts['private-key'] ?? 0) + (counts['generic-secret'] ?? 0) >= 1, text)
    })
  }

  it('leaves code that speaks of keys', async () => {
    const code = [
      `if (text.includes('${BEGIN}')) return true\nconst other = 1`,
      `const pattern = /${BEGIN}[^]+?${END}/g`,
      `${BEGIN}\n...\n${END}`,
    ]
    assert.equal(await redactTexts(code), { texts: code, counts: {} })
  })
})

/** What must come out as it went in. */
const HARMLESS: readonly string[] = [
  hex(40), hex(64), `commit ${hex(40)}\nparent ${hex(40)}`, '550e8400-e29b-41d4-a716-446655440000',
  '/home/dev/project/src/components/very/long/path/to/some/file/with-dashes/and_underscores/index.test.ts',
  'C:\\Users\\dev\\new\\token\\file.txt', glue('toolu_01', random(22)), glue('msg_01', random(22)),
  glue('req_01', random(22)), glue('sha512-', random(86), '=='), '2026-11-20T16:11:19.103Z',
  '     12→const x = 1', random(400), `${random(399)}=`, "const token = () => 'x'", 'password: string',
  'password: string;', 'password?: string | undefined', 'if (!password) return',
  'password: Option<String>,', 'password: &str', 'password: str = None', 'password: z.string().min(8)',
  'secret: Buffer', 'token: u32', 'token: uint256', 'const token = tokens[i]', 'token = lexer.next()',
  'let token = null', 'token: Token,', 'this.password = password',
  'connect(password=password, token=self.token)', 'password=os.environ["PASSWORD"]',
  'const { password } = req.body', 'token: req.headers.authorization', 'password: hashedPassword,',
  'user.password = hash', 'password=', 'password: ', 'PASSWORD=""', "password: ''",
  'password=<your-password>', 'password: <secret>', 'API_KEY=your-api-key', 'api_key: YOUR_API_KEY_HERE',
  'SECRET=process.env.X', 'SECRET_KEY=${SECRET_KEY}', 'TOKEN=$TOKEN', 'TOKEN=$(cat token)',
  'token: ${{ secrets.GITHUB_TOKEN }}', 'password: null', 'password: true', 'password: !vault |',
  'password: "********"', 'password=xxxx', 'password: {{ db_password }}', '"password": {"type": "string"}',
  'PWD=/home/dev/project', 'OLDPWD=/srv', 'password: "Enter your password"', 'input_tokens: 1234',
  '"max_tokens": 4096', 'token_count=12', 'tokenizer = "cl100k_base1"', '"cache_read_input_tokens":99',
  'total tokens: 1234', '"jsonwebtoken": "^9.0.2"', '"@octokit/auth-token": "^4.0.0"',
  'nextPageToken: "CAUQAA1234567890"', 'const TOKEN_KEY = "auth_token"', "autocomplete='current-password'",
  'type="password" name="token"', 'token === "function"', "token = 'identifier'",
  'if [ "$TOKEN" = "abc1" ]; then', '(password) => password.length', 'token => token.value',
  'SyntaxError: Unexpected token < in JSON', 'Unexpected token: punc', 'the password is wrong',
  'the token is base64-encoded', 'secretName: my-secret', 'password_hash TEXT NOT NULL',
  'password VARCHAR(255)', '--password-stdin', '--token <token>', 'Authorization: Bearer <token>',
  'Authorization: Bearer ${token}', 'authorization: `Bearer ${token}`', 'Authorization: Basic auth',
  'bearer authentication', 'https://host.test:8080/@scope/pkg', 'http://localhost:3000/x@y',
  'git@github.com:owner/repo.git', 'ssh://git@host.test:22/x', 'https://user@host.test/x',
  'postgres://${USER}:${PASSWORD}@localhost/db', 'postgres://user:<password>@host/db',
  'docker run -u 1000:1000 image', 'mailto:me@host.test', 'task-1234567890abcdefghij1234',
  'sk-folding-cube', 'desk-abcdefghijklmnopqrstuvwxyz', 'eyJhbGciOiJIUzI1NiJ9', 'a.b.c', 'SG.foo.bar',
  'refs/heads/feature/token-refresh', 'key: value', 'pass: "ok"', 'Token: "#d0d0d0"', 'U_UNEXPECTED_TOKEN=0x10100,',
  'f(a, original_token=alias_token)',
   'secret: my-app-tls',
  'token: refresh-token', 'password: 2026-11-20', 'PASSWORD=$1', '"password": "%s"', 'primary_key = "id"',
  'public_key: abc123def456', "import { token } from './token.ts'",
]

describe('what is not redacted', (it) => {
  for (const text of HARMLESS) {
    it(`leaves ${text.slice(0, 70)}`, async () => {
      assert.equal(await redactTexts([text]), { texts: [text], counts: {} })
    })
  }

  it('leaves them when they are joined, and in JSON within JSON', async () => {
    const joined = HARMLESS.map((text) => `\n${text}\n`)
    const nested = HARMLESS.map((text) => JSON.stringify({ text, lines: [`1\t${text}`] }))
    const texts = [...joined, ...nested]
    const redacted = await redactTexts(texts)
    for (const [index, text] of texts.entries()) assert.is(redacted.texts[index], text)
  })
})

describe('redactValues', (it) => {
  const redact = async (value: unknown): Promise<unknown> => (await redactValues([value]))[0]!.value

  it('redacts under any key, below any depth, and keeps structure and other values', async () => {
    const core = { name: GITHUB, path: `a/${GITHUB}`, n: 1, ok: true, no: null }
    const nest = (depth: number): unknown => depth === 0 ? core : [nest(depth - 1)]
    const mark = '[REDACTED:github-token]'
    const expected = JSON.stringify(nest(60)).replaceAll(GITHUB, mark)
    assert.is(JSON.stringify(await redact(nest(60))), expected)
  })

  it('does not run out of stack', async () => {
    let deep: unknown = GITHUB
    for (let depth = 0; depth < 200_000; depth++) deep = [deep]
    assert.equal((await redactValues([deep]))[0]!.counts, { 'github-token': 1 })
  })

  it('redacts keys, and keeps two that became equal apart', async () => {
    const other = GITHUB.replace('a1', 'b1')
    const expected = { '[REDACTED:github-token]': 1, '[REDACTED:github-token] (2)': 2 }
    assert.equal(await redact({ [GITHUB]: 1, [other]: 2 }), expected)
  })

  it('takes what stands under a telling key for a secret, whatever it looks like', async () => {
    const value = {
      password: 'plain words indeed', api_key: 'x1', apiKey: 'abc', authorization: 'anything', token: 'word',
      private_key: 'pem', aws_secret_access_key: 'zzz1', aws_access_key_id: AWS_ID, clientSecret: ['one', 'two'],
      env: [{ name: 'DB_PASSWORD', value: 'letmein' }],
    }
    const generic = '[REDACTED:generic-secret]'
    assert.equal(await redact(value), {
      password: '[REDACTED:password]', api_key: generic, apiKey: generic, authorization: '[REDACTED:authorization]',
      token: generic, private_key: generic, aws_secret_access_key: '[REDACTED:aws-secret-key]',
      aws_access_key_id: '[REDACTED:aws-access-key]', clientSecret: [generic, generic],
      env: [{ name: 'DB_PASSWORD', value: '[REDACTED:password]' }],
    })
  })

  it('sees a text that is kept as a list of its lines, and leaves as many lines', async () => {
    const key = [BEGIN, KEY_BODY, KEY_BODY, END]
    const mark = '+[REDACTED:private-key]'
    assert.equal(await redact({ hunks: [{ lines: [' a', ...key.map((line) => `+${line}`), '-b'] }] }),
      { hunks: [{ lines: [' a', mark, mark, mark, mark, '-b'] }] })
    assert.equal(await redact(['+ - name: DB_PASSWORD', '+   value: hunter2x', `two\n${GITHUB}\nlines`, '']),
      ['+ - name: DB_PASSWORD', '+   value: [REDACTED:password]', 'two\n[REDACTED:github-token]\nlines', ''])
    assert.equal((await redactValues([{ lines: key }, [AWS_ID, 'x']])).map(({ counts }) => counts),
      [{ 'private-key': 1 }, { 'aws-access-key': 1 }])
  })

  it('goes by telling keys also where a text is JSON, and keeps the rest of it', async () => {
    const text = JSON.stringify({ user: 'me', password: 'plain words', inner: JSON.stringify({ pwd: 'two words' }) })
    const inner = '{\\"pwd\\":\\"[REDACTED:password]\\"}'
    assert.equal(await redact({ arguments: text }),
      { arguments: `{"user":"me","password":"[REDACTED:password]","inner":"${inner}"}` })
    assert.equal(await redact('{\n  "a": 1.0,\n  "password": "plain words"\n}'),
      '{\n  "a": 1,\n  "password": "[REDACTED:password]"\n}')
    assert.equal(await redact('{ "a": 1.0 }'), '{ "a": 1.0 }')
  })

  it('takes numbers for passwords, and counts of tokens for none', async () => {
    assert.equal(await redact({ password: 12345678, token: 4096, passwords: 1, pwd: 1 }),
      { password: '[REDACTED:password]', token: 4096, passwords: 1, pwd: 1 })
  })

  it('leaves what a session needs to go on', async () => {
    const value = {
      signature: glue('Eq', random(200), '=='), id: glue('toolu_01', random(22)), input_tokens: 12, max_tokens: '4096',
      token_count: 'many', tokenizer: 'cl100k', cache_read_input_tokens: 5, nextPageToken: 'CAUQAA',
      uuid: '550e8400-e29b-41d4-a716-446655440000',
      password: '', secret: null, token: '<token>', password_hint: 'my dog', secretName: 'db', oid: hex(40),
    }
    assert.equal(await redactValues([value]), [{ value, counts: {} }])
  })

  it('keeps __proto__ a key, and the order of keys', async () => {
    const value = JSON.parse('{"z":1,"__proto__":{"a":"b"},"a":2}') as unknown
    assert.is(JSON.stringify(await redact(value)), '{"z":1,"__proto__":{"a":"b"},"a":2}')
  })

  it('does nothing the second time', async () => {
    const text = `a ${GITHUB} https://u:hunter2@h.test password=hunter2`
    const value = { text, password: 'x1y2', [JWT]: [KEY_BODY, `${BEGIN}\n${KEY_BODY}`] }
    const [first] = await redactValues([value])
    assert.equal(await redactValues([first!.value]), [{ value: first!.value, counts: {} }])
  })

  it('counts by value', async () => {
    const counts = (await redactValues([{ a: GITHUB, b: [GITHUB] }, 'nothing', JWT])).map((result) => result.counts)
    assert.equal(counts, [{ 'github-token': 2 }, {}, { jwt: 1 }])
    assert.equal(mergeCounts(counts[0]!, { jwt: 1, 'github-token': 1 }), { 'github-token': 3, jwt: 1 })
  })
})

describe('a redactor that fails', (it) => {
  const broken: Scan = async () => { throw new Error('broken rule') }

  it('rejects, and so gives nothing that was not examined', async () => {
    assert.is((await rejects(redactTexts(['harmless'], broken))).message, 'broken rule')
    assert.is((await rejects(redactValues([{ a: 1, b: 'x' }], broken))).message, 'broken rule')
  })

  it('rejects when a rule of Secretlint fails', async () => {
    const [rule] = (await loadSecretlint()).rules
    const failing = { ...rule!, create: () => ({ file: () => { throw new Error('broken') } }) }
    assert.is((await rejects(scanWithSecretlint('harmless', [failing]))).message, 'broken')
  })

  it('names the version of its rules', () => assert.is(RULES_VERSION, 2))
})

describe('the time redaction takes', (it) => {
  const SIZE = 300_000
  const HOSTILE = [
    'a', '-', '.', ' ', '\n', '"', '\\', '\\\\n', 'eyJ', '-eyJ', 'eyJaaaaaaaa.', 'password', 'password=', 'password: "',
    'token ', '://a:', '@', BEGIN, `${BEGIN}\n`, END, `${END}\n`, 'sk-', 'SG.aaaaaaaaaaaaaaaaaaaa', 'curl -u a:',
    '\x1b[', 'authorization: bearer ', '\0', `${AWS_ID} `, `${GITHUB} `, `${JWT} `, `${BEGIN}\n${KEY_BODY}\n`,
  ]
  for (const unit of HOSTILE) {
    it(`stays in proportion to the size for ${JSON.stringify(unit.slice(0, 30))}`, async () => {
      const text = unit.repeat(Math.ceil(SIZE / unit.length)).slice(0, SIZE)
      const from = performance.now()
      await redactTexts([text])
      const ms = performance.now() - from
      // A quadratic rule takes minutes; the slowest linear one some 300 ms on a busy machine.
      assert.ok(ms < 5000, `${ms.toFixed(0)} ms`)
    })
  }
})
