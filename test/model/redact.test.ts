// Secrets are built at run time from parts, so that no scanner takes this file for a leak.

import * as assert from 'uvu/assert'
import { mergeCounts, redactTexts, redactValues, RULES_VERSION } from '../../src/model/redact.ts'
import type { Scan } from '../../src/model/redact.ts'
import { loadSecretlint, scanWithSecretlint } from '../../src/model/secretlint.ts'
import { describe, rejects } from '../support/suite.ts'

const MIXED = 'a1B2c3D4e5F6g7H8j9K0'
/** Characters as random as a token's; the length is all that matters to the rules. */
const random = (length: number): string => MIXED.repeat(Math.ceil(length / MIXED.length)).slice(0, length)
const hex = (length: number): string => '0f1e2d3c4b5a6978'.repeat(8).slice(0, length)
const glue = (...parts: readonly string[]): string => parts.join('')

const AWS_ID = glue('AK', 'IA', 'QWERTY234567ASDF')
const AWS_SECRET = glue('wJalr/UtnFEMI0K7MDENG', '+bPxRfiCY0123456789')
const GITHUB = glue('gh', 'p_', random(36))
const JWT = glue('ey', 'JhbGciOiJIUzI1NiJ9', '.ey', 'JzdWIiOiIxMjM0NTY3ODkwIn0', '.dozjgNryP4J3jVmNHl0w5N')
const KEY_BODY = glue('MIIEvQIBADANBgkqhkiG9w0B', random(40))
const BEGIN = glue('-----BEGIN ', 'PRIVATE KEY-----')
const END = glue('-----END ', 'PRIVATE KEY-----')

/** What must not remain, and the texts it may stand in; `@` is its place. */
type Row = readonly [kind: string, secret: string, ...texts: string[]]

const TOKENS: readonly Row[] = [
  ['aws-access-key', AWS_ID, '@', 'id=@', '/@/20260101/eu-west-1'],
  ['aws-access-key', glue('AS', 'IA', 'QWERTY234567ASDF'), 'export AWS_ACCESS_KEY_ID=@'],
  ['google-api-key', glue('AI', 'za', random(35)), '@', 'https://maps.test/api?key=@&v=3'],
  ['google-oauth-token', glue('ya', '29.', random(60)), '@'],
  ['google-oauth-token', glue('GOC', 'SPX-', random(28)), '@'],
  ['azure-storage-key', `${random(86)}==`, 'Protocol=https;AccountName=x;AccountKey=@;EndpointSuffix=y'],
  ['azure-storage-key', `${random(43)}=`, 'Endpoint=sb://x/;SharedAccessKeyName=y;SharedAccessKey=@'],
  ['azure-client-secret', glue('abc', '8Q~', random(34)), '@'],
  ['github-token', GITHUB, '@', 'x@', '"@"', '\ufffd@\ufffd', '\ud800@\udfff', '\u2028@\u2028'],
  ...['gho_', 'ghs_', 'ghu_', 'ghr_'].map((prefix): Row => ['github-token', glue(prefix, random(36)), 'the token @.']),
  ['github-token', glue('github', '_pat_', random(22), '_', random(59)), '@'],
  ['gitlab-token', glue('gl', 'pat-', random(20)), '@'],
  ['slack-token', glue('xo', 'xb-', '123456789012-', '123456789012-', random(24)), '@'],
  ['slack-token', glue('xa', 'pp-1-', 'A1234567890-', '1234567890-', hex(64)), '@'],
  ['slack-webhook', glue('T00000000/', 'B00000000/', random(24)), glue('https://hooks.sl', 'ack.com/services/@')],
  ['discord-webhook', glue('123456789012345678/', random(68)), glue('https://disc', 'ord.com/api/webhooks/@')],
  ['stripe-key', glue('sk', '_live_', random(24)), '@'],
  ['stripe-key', glue('rk', '_test_', random(24)), '@'],
  ['anthropic-key', glue('sk-', 'ant-api03-', random(93), 'AA'), '@'],
  ['anthropic-key', glue('sk-', 'ant-oat01-', random(90)), '@'],
  ['openai-key', glue('sk-', random(48)), '@'],
  ['openai-key', glue('sk-', 'proj-', random(100)), '@'],
  ['openai-key', glue('sk-', 'proj-', random(156)), '@'],
  ['openai-key', glue('sk-', 'svcacct-', random(74), 'T3Blbk', 'FJ', random(74)), '@'],
  ['hugging-face-token', glue('hf', '_', random(34)), '@'],
  ['groq-key', glue('gs', 'k_', random(52)), '@'],
  ['xai-key', glue('xa', 'i-', random(80)), '@'],
  ['npm-token', glue('np', 'm_', random(36)), '@', '//registry.test/:_authToken=@'],
  ['pypi-token', glue('py', 'pi-', 'AgEIcHlwaS5vcmc', random(140)), '@'],
  ['sendgrid-key', glue('SG', '.', random(22), '.', random(43)), '@'],
  ['twilio-key', glue('S', 'K', hex(32)), '@'],
  ['shopify-token', glue('shp', 'at_', hex(32)), '@'],
  ['linear-key', glue('lin', '_api_', random(40)), '@'],
  ['age-key', glue('AGE-SECRET', '-KEY-1', random(58).toUpperCase()), '@'],
  ['jwt', JWT, '@', 'Cookie: session=@; path=/', '?jwt=@'],
  ['aws-secret-key', AWS_SECRET,
    'aws_secret_access_key = @', 'AWS_SECRET_ACCESS_KEY=@', '"SecretAccessKey": "@"', `${AWS_ID}\n@`, `x,${AWS_ID},@`],
]

const CREDENTIALS: readonly Row[] = [
  ['url-password', 'hunter2', 'https://me:@@host.test/x', 'redis://:@@cache:6379',
    'git clone https://me:@@host.test/x.git'],
  ['url-password', 'devdb', 'postgres://app:@@localhost:5432/db'],
  ['url-password', 'p@ss:w0rd!', 'mongodb+srv://app:@@cluster0.test/db?retryWrites=true'],
  ['url-password', 's3cret', 'jdbc:mysql://root:@@db/x', 'root:@@tcp(127.0.0.1:3306)/app'],
  ['url-password', hex(40), 'https://@:x-oauth-basic@host.test/a', 'https://@@host.test/a'],
  ['authorization', random(24), 'Authorization: Bearer @', "headers: { authorization: 'token @' }", 'bearer @'],
  ['authorization', 'dXNlcjpwYXNz', 'authorization: Basic @', '-H "Authorization: Basic @"'],
  ['password', 'hunter2', 'curl -u me:@ https://host.test', 'curl --user "me:@" host'],
]

const ASSIGNMENTS: readonly Row[] = [
  ['password', 'hunter2',
    'password=@', 'password: @', 'Password: @', 'DB_PASSWORD=@', 'export DB_PASSWORD="@"', 'password = "@"',
    "const password = '@'", 'let password: string = "@";', 'password := "@"', "'password' => '@'", '{"password":"@"}',
    '{"db_password": "@", "x": 1}', 'PGPASSWORD=@ psql', 'docker run -e DB_PASSWORD=@ image',
    '--password @', '--password=@', 'the password is @.', 'spring.datasource.password=@', '<password>@</password>',
    'Server=x;Uid=sa;Pwd=@;', '?user=a&password=@&x=1',
    '+DB_PASSWORD=@', '    12→DB_PASSWORD=@', 'machine x login me password @', "login(user='me', password='@')",
    '- name: DB_PASSWORD\n  value: @', 'char password[] = "@";', 'the password is: @',
    "auth: { user: 'x', pass: '@' }", 'config["password"] = "@"'],
  ['password', 'letmein', 'password=@', 'db:\n  password: @\n  port: 1', 'MYSQL_ROOT_PASSWORD=@', '"password": "@"',
    'https://host.test/?password=@&x=1', 'x --password=@'],
  ['password', 'mysecretpassword', 'POSTGRES_PASSWORD=@', '- POSTGRES_PASSWORD=@'],
  ['password', 'p@ss!word', 'password: @', 'SMTP_PASS=@'],
  ['generic-secret', 'django-insecure-#(x)$a=1', 'SECRET_KEY=@', "SECRET_KEY = '@'"],
  ['password', '$ecret123', 'DB_PASSWORD=@', 'password: "@"'],
  ['password', 'correct horse battery staple', 'passphrase: "@"'],
  ['generic-secret', 'changeme', 'SECRET_KEY=@', "SECRET_KEY = '@'", 'APP_SECRET=@'],
  ['generic-secret', 'keyboard-cat', "session({ secret: '@' })"],
  ['generic-secret', '1234abcd', 'api_key: @', 'apiKey: "@"', 'API-KEY=@', 'x-api-key: @', '--api-key @'],
  ['generic-secret', random(32), 'token: @', 'access_token=@', '"refresh_token": "@"', 'clientSecret: "@"',
    'TWILIO_AUTH_TOKEN=@'],
]

/** JSON in a string, and JSON in a string in that. */
const escaped = (text: string): readonly string[] => {
  const once = JSON.stringify(text)
  return [once, JSON.stringify(once), JSON.stringify(JSON.stringify(once))]
}

async function assertRedacted([kind, secret, ...texts]: Row): Promise<void> {
  for (const form of texts) {
    const text = form.replace('@', () => secret)
    const { texts: [redacted = ''], counts } = await redactTexts([text])
    assert.not.match(redacted, secret, text)
    assert.ok(counts[kind]! >= 1, `${text} → ${redacted} ${JSON.stringify(counts)}`)
    const again = await redactTexts([redacted])
    assert.equal(again, { texts: [redacted], counts: {} }, text)
  }
}

describe('redaction of tokens', (it) => {
  for (const row of [...TOKENS, ...CREDENTIALS, ...ASSIGNMENTS]) {
    it(`replaces ${row[0]} in ${row.slice(2, 5).join(' | ')}`, () => assertRedacted(row))
  }

  it('finds every one of them in JSON within JSON, at any depth of escapes', async () => {
    for (const [kind, secret, form = ''] of [...TOKENS, ...CREDENTIALS, ...ASSIGNMENTS]) {
      for (const text of escaped(`first line\n${form.replace('@', () => secret)}\nlast "line"`)) {
        const { texts: [redacted = ''] } = await redactTexts([text])
        assert.not.match(redacted, secret, `${kind}: ${text}`)
      }
    }
  })

  it('sees through escapes, colours and NUL bytes in the middle of a secret', async () => {
    const hidden = [
      `SecretAccessKey\\": \\"${AWS_SECRET.replace('/', '\\/')}\\"`,
      `\\u0067${GITHUB.slice(1)}`,
      `\x1b[31m${GITHUB.slice(0, 9)}\x1b[m${GITHUB.slice(9)}\x1b[0m`,
      [...GITHUB].join('\0'),
    ]
    const { texts } = await redactTexts(hidden)
    for (const [index, text] of texts.entries()) {
      assert.match(text, /\[REDACTED:(?:github-token|aws-secret-key)\]/, hidden[index])
      assert.not.match(text, /j9K0|bPxRfi/)
    }
  })

  it('keeps all around the secret', async () => {
    const { texts, counts } = await redactTexts([`use ${GITHUB} and ${GITHUB}, then go on`])
    assert.equal(texts, ['use [REDACTED:github-token] and [REDACTED:github-token], then go on'])
    assert.equal(counts, { 'github-token': 2 })
  })

  it('cannot be switched off by a comment in the text', async () => {
    const { texts } = await redactTexts([`# secretlint-disable\n${GITHUB}`])
    assert.equal(texts, ['# secretlint-disable\n[REDACTED:github-token]'])
    assert.is((await scanWithSecretlint(`# secretlint-disable\n${GITHUB}`)).length, 1)
  })

  it('does not see a secret across two texts', async () => {
    const halves = [GITHUB.slice(0, 20), GITHUB.slice(20), 'password=', 'hunter2']
    assert.equal((await redactTexts(halves)).texts, halves)
  })

  it('finds a secret in every one of many texts, whatever their size', async () => {
    const texts = [1, 10, 100_000, 1_500_000, 10].map((size) => `${' x'.repeat(size)} ${GITHUB} y`)
    const redacted = await redactTexts([...texts, ...Array.from({ length: 3000 }, (_, index) => `${index} ${GITHUB}`)])
    assert.is(redacted.counts['github-token'], 3005)
    assert.is(redacted.texts[3], texts[3]!.replace(GITHUB, '[REDACTED:github-token]'))
    assert.is(redacted.texts[3004 - 1], `${3003 - 5} [REDACTED:github-token]`)
  })
})

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

  it('names the version of its rules', () => assert.is(RULES_VERSION, 1))
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
