// Every kind of secret the rules know is replaced, in all the texts it may stand in, and nothing around it.

import * as assert from 'uvu/assert'
import { redactTexts } from '../../src/model/redact.ts'
import { scanWithSecretlint } from '../../src/model/secretlint.ts'
import { AWS_ID, AWS_SECRET, GITHUB, glue, hex, JWT, random } from '../support/secrets.ts'
import { describe } from '../support/suite.ts'

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
