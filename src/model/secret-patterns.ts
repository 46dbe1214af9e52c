// What secrets look like: tokens with a form of their own, keys beside their ids, credentials in URLs and headers.
// No pattern may take more than linear time: a run of characters is entered at its start only, or for a bounded length.

import { findPrivateKeys } from './private-keys.ts'
import { findAssignedSecrets } from './secret-assignments.ts'
import { findEncoded } from './secret-encoded.ts'
import type { Finding } from './secret-finding.ts'
import { isPlaceholder, looksRandom } from './secret-values.ts'

/** Every secret our own rules know; findings may overlap. The more telling kinds come first. */
export const findSecrets = (text: string): readonly Finding[] => [
  ...findPlainSecrets(text),
  ...findEncoded(text, findPlainSecrets),
]

const findPlainSecrets = (text: string): readonly Finding[] => [
  ...findPrivateKeys(text),
  ...findTokens(text),
  ...findAwsSecretKeys(text),
  ...findUrlPasswords(text),
  ...findHeaders(text),
  ...findAssignedSecrets(text),
]

/**
 * Tokens that are known by their form alone. `~` in front: the token starts a word; without it the form is rare enough
 * to be believed anywhere, even glued to other letters. A group at the end of the form is the secret, else all of it.
 */
const TOKENS: readonly (readonly [kind: string, form: string])[] = [
  ['aws-access-key', '~(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])'],
  ['google-api-key', '~AIza[\\w-]{35}(?![\\w-])'],
  ['google-oauth-token', '~ya29\\.[\\w-]{20,}'],
  ['google-oauth-token', 'GOCSPX-[\\w-]{20,}'],
  ['google-oauth-token', '~1//0[\\w-]{30,}'],
  ['azure-storage-key', 'AccountKey\\s{0,4}[=:]\\s{0,4}["\']?([A-Za-z0-9+/]{40,}={0,2})'],
  ['azure-storage-key', 'Shared(?:Access|Secret)Key\\s{0,4}=\\s{0,4}([A-Za-z0-9+/]{40,}={0,2})'],
  ['azure-storage-key', '[?&]sig=([A-Za-z0-9%+/]{40,}={0,2})'],
  ['azure-client-secret', '(?<![\\w~.-])[\\w~.-]{3}\\dQ~[\\w~.-]{31,34}(?![\\w~.-])'],
  ['github-token', 'gh[pousr]_\\w{36,}(?:\\.[\\w-]{8,}){0,2}'],
  ['github-token', 'github_pat_\\w{22,}'],
  ['gitlab-token', '~gl(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|imt|agent|soat|ffct|wt)-[\\w-]{20,}(?:\\.\\w{2}\\.\\w{9})?'],
  ['gitlab-token', '~GR1348941[\\w-]{20,}'],
  ['slack-token', '~xox[abeoprs](?:\\.xox[bp])?-[\\w-]{10,}'],
  ['slack-token', '~xapp-\\d-[\\w-]{10,}'],
  ['slack-webhook', 'hooks\\.slack\\.com/(?:services|workflows|triggers)/([\\w/-]{20,})'],
  ['discord-webhook', 'discord(?:app)?\\.com/api/webhooks/(\\d+/[\\w-]{40,})'],
  ['stripe-key', '~[sr]k_(?:live|test)_[A-Za-z0-9]{10,}'],
  ['stripe-key', '~whsec_[A-Za-z0-9+/=]{24,}'],
  ['anthropic-key', '~sk-ant-[\\w-]{20,}'],
  ['openai-key', '~sk-(?:proj|svcacct|admin|None|or|lf)-[\\w-]{20,}'],
  ['openai-key', '~sk-(?=[A-Za-z]{0,99}\\d)(?=[0-9]{0,99}[A-Za-z])[A-Za-z0-9]{20,}'],
  ['hugging-face-token', '~hf_[A-Za-z0-9]{30,}'],
  ['groq-key', '~gsk_[A-Za-z0-9]{32,}'],
  ['xai-key', '~xai-[A-Za-z0-9]{32,}'],
  ['perplexity-key', '~pplx-[A-Za-z0-9]{32,}'],
  ['replicate-token', '~r8_[A-Za-z0-9]{37}'],
  ['nvidia-key', '~nvapi-[\\w-]{40,}'],
  ['npm-token', 'npm_[A-Za-z0-9]{36,}'],
  ['pypi-token', '~pypi-[\\w-]{40,}'],
  ['rubygems-token', 'rubygems_[0-9a-f]{48}'],
  ['docker-token', 'dckr_(?:pat|oat)_[\\w-]{20,}'],
  ['sendgrid-key', '~SG\\.[\\w-]{16,128}\\.[\\w-]{16,}'],
  ['twilio-key', '~(?:SK|AC)[0-9a-f]{32}(?![A-Za-z0-9])'],
  ['mailgun-key', '(?<![\\w-])key-[0-9a-f]{32}(?![A-Za-z0-9])'],
  ['linear-key', '~lin_(?:api|oauth)_[A-Za-z0-9]{32,}'],
  ['onepassword-token', '~ops_ey[A-Za-z0-9+/]{100,}={0,2}'],
  ['shopify-token', '~shp(?:at|ca|pa|ss)_[A-Za-z0-9]{32,}'],
  ['digitalocean-token', '~do[opr]_v1_[0-9a-f]{64}'],
  ['grafana-token', '~gl(?:sa|c)_[A-Za-z0-9_+/=]{32,}'],
  ['vault-token', '~hv[sbr]\\.[\\w-]{24,}'],
  ['telegram-token', '~\\d{8,10}:AA[\\w-]{33}(?![\\w-])'],
  ['age-key', 'AGE-SECRET-KEY-1[A-Z0-9]{58}'],
  // The first part of a JWT is the Base64 of `{"`.
  ['jwt', 'eyJ(?:(?<![\\w-]eyJ)[\\w-]{8,}|(?<=[_-]eyJ)[\\w-]{8,300})\\.' +
    '(?:eyJ[\\w-]{8,}(?:\\.[\\w-]*)?|(?:[\\w-]*\\.){2,3}[\\w-]{8,})'],
]

const TOKEN_FORMS = TOKENS.map(([kind, form]) =>
  ({ kind, form: new RegExp(form.replace(/^~/, '(?<![A-Za-z0-9])'), 'g') }))

const findTokens = (text: string): Finding[] =>
  TOKEN_FORMS.flatMap(({ kind, form }) =>
    Array.from(text.matchAll(form), (match) => findingOf(kind, match, match[1] ?? match[0])))

/** The secret stands at the end of what a pattern matches. */
function findingOf(kind: string, match: RegExpExecArray, secret: string): Finding {
  const end = match.index + match[0].length
  return { kind, start: end - secret.length, end }
}

const AWS_ID = /(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])/g
const AWS_SECRET = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=])/g
/** How far from its id a secret access key is looked for. */
const AWS_REACH = 256

/** An AWS secret access key has no form of its own but 40 random characters; near an access key id it is believed. */
function findAwsSecretKeys(text: string): Finding[] {
  const findings: Finding[] = []
  for (const { index } of text.matchAll(AWS_ID)) {
    const from = Math.max(0, index - AWS_REACH)
    for (const match of text.slice(from, index + AWS_REACH).matchAll(AWS_SECRET)) {
      const start = from + match.index
      if (looksRandom(match[0])) findings.push({ kind: 'aws-secret-key', start, end: start + 40 })
    }
  }
  return findings
}

const URL_CREDENTIALS = /:\/\/([^\s:/"'<>`]{0,128}):([^\s/"'<>`]{0,256})@(?=[\w[$%{-])/g
const URL_TOKEN = /:\/\/([A-Za-z0-9_-]{32,})(?=@)/g
/** `user:password@tcp(host)`, as Go's drivers write it. */
const GO_DSN = /@(?:tcp|unix)\(/g

/** `scheme://user:password@host`: the password; where it is empty or a constant, the user is the token. */
function findUrlPasswords(text: string): Finding[] {
  const findings: Finding[] = []
  const add = (start: number, secret: string): void => {
    findings.push({ kind: 'url-password', start, end: start + secret.length })
  }
  for (const match of text.matchAll(URL_CREDENTIALS)) {
    const [, user = '', password = ''] = match
    const userAt = match.index + '://'.length
    const passwordAt = userAt + user.length + 1
    if (password === '' || password === 'x-oauth-basic' || password === 'x') {
      if (/^[\w-]{8,}$/.test(user) && !isPlaceholder(user)) add(userAt, user)
    } else if (!isPlaceholder(password)) {
      add(passwordAt, password)
    }
  }
  for (const match of text.matchAll(URL_TOKEN)) findings.push(findingOf('url-password', match, match[1]!))
  for (const { index } of text.matchAll(GO_DSN)) {
    const secret = /\w:([^\s:@"'`]{1,128})$/.exec(text.slice(Math.max(0, index - 130), index))?.[1]
    if (secret !== undefined && !isPlaceholder(secret)) add(index - secret.length, secret)
  }
  return findings
}

const AUTHORIZATION =
  /authorization["'\]]{0,2}\s{0,4}[:=,]\s{0,4}["'`]?(?:(bearer|basic|token|apikey)\s{1,4})?([^\s"'`<>,;${}()\\]{6,})/gi
const BEARER = /(?<![A-Za-z])bearer\s{1,4}([\w.~+/-]{16,}={0,2})/gi
const CURL_USER = /\s(?:-u|--user)(?:[ =]["']?|["'])([^\s:"']{1,64}):([^\s"']{1,128}(?<!\\))/g
const CURL = /\b(?:curl|wget|httpie|xh)\b[^\n]*$/

function findHeaders(text: string): Finding[] {
  const findings: Finding[] = []
  for (const match of text.matchAll(AUTHORIZATION)) {
    const [, scheme, secret = ''] = match
    const believed = scheme === undefined ? secret.length >= 16 && looksRandom(secret) : /[\dA-Z=]/.test(secret)
    if (believed && !isPlaceholder(secret)) findings.push(findingOf('authorization', match, secret))
  }
  for (const match of text.matchAll(BEARER)) {
    const secret = match[1]!
    if (/\d/.test(secret) && !isPlaceholder(secret)) findings.push(findingOf('authorization', match, secret))
  }
  for (const match of text.matchAll(CURL_USER)) {
    const secret = match[2]!
    const line = text.slice(Math.max(0, match.index - 400), match.index)
    const isCurl = CURL.test(line.slice(line.lastIndexOf('\n') + 1))
    if (isCurl && !isPlaceholder(secret)) findings.push(findingOf('password', match, secret))
  }
  return findings
}
