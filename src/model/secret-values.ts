// Whether a value that stands where a secret may stand is one. `password: string`, `token = tokens[0]`, `PASSWORD=$1`
// are ordinary code: what is taken for a secret there destroys the record.

/** A value with a telling name, and where it stands. `[start, end)` is the value without its quotes. */
export interface Assignment {
  readonly text: string
  readonly name: string
  /** What stands before the name on its line. */
  readonly before: string
  /** A quote or bracket closes the name. */
  readonly closed: boolean
  /** What joins name and value, without blanks: `=`, `:`, `=>`, `is`, nothing … */
  readonly sign: string
  readonly spaced: boolean
  readonly quoted: boolean
  readonly value: string
  readonly start: number
  readonly end: number
}

/** Words that stand for a value, or name a type. */
const NO_SECRETS = new Set((
  'null nil none undefined true false yes no on off void never any unknown string str text number int integer bool ' +
  'boolean bytes char varchar object symbol uuid array date required optional hidden redacted masked empty example ' +
  'placeholder password passwd pass pwd token apikey api_key api-key passphrase inherit include omit same-origin ' +
  'self this new await default latest bearer basic').split(' '))

const REFERENCES = [
  /^\$(?:[{(@*#]|\d$|[A-Z_]\w*$|[a-z_]+$|\w+[.>:-])/, // $VAR, ${VAR}, $(command)
  /^<|^\{[^}]*\}?$|^%\w*%?$|^\*+$/, // <your password>, {name}, %VAR%, %s, ****
  /^!\w/, // YAML tags: !vault, !Ref
  /^(.)\1*$/s, // xxxx, ----, ...
  /^(?:your|my|the|some|insert|enter|put|replace)[-_ ]|[-_ ]here$/i,
  /^(?:process|os|import|sys|self|this|env|secrets|config|settings|vars?|local|data|module|args|opts|req|ctx)\./i,
  /^(?:getenv|env)\b[([]/i,
  /^(?:arn:|op:\/\/|vault:|https?:\/\/|file:|workspace:|projects\/)/,
  /^[~.]{0,2}(?:\/[\w@.-]{1,30}){2,}\/?$/, // a path
  /^[\^~<>=v]{0,2}\d+(?:\.[\dx*]+)+(?:[-+][\w.+-]+)?$/, // a version
  /^\d{4}-\d\d-\d\d(?:[T ].*)?$/, // a date
  /^(?:#[0-9a-f]{3,8}|0x[0-9a-f]{1,16})$/i, // a colour, a number
  /\{\{|\.\.\.$|…/,
]

/** Stands for a secret, or says where it is, but is none. */
export const isPlaceholder = (value: string): boolean =>
  value.trim() === '' || NO_SECRETS.has(value.toLowerCase()) || REFERENCES.some((form) => form.test(value))

/** Mixed enough to be made by a machine: no word, no hexadecimal object id. */
export const looksRandom = (value: string): boolean => /\d/.test(value) && /[A-Z]/.test(value) && /[a-z]/.test(value)

const SHELL_NAME = /^[A-Z][A-Z0-9_]*$/
const WORKING_DIRECTORY = /^(?:OLD)?PWD$/
/** `$env:` of PowerShell, a list of the shell, an option, a quoted pair. */
const SHELL_BEFORE = /(?:^|[\s"'`;&(:,=|+-])$/
/** Only marks of lists, diffs and line numbers before the name. */
const LINE_START = /^[\s+\-#>|*]*(?:\d{1,7}[\t →:|-]+)?[\s+\-#>|*]*(?:export\s+|set\s+)?["']?$/
const CODE_BEFORE = /\b(?:const|let|var|val|final|auto|string|def|return|if|for|while|func|fn)\s+$/i

const MEMBER = /^[A-Za-z_$][\w$]*(?:(?:\?\.|\.|::|->)[A-Za-z_$#][\w$]*)+[!?]?$/
const EXPRESSION = /^[A-Za-z_$][\w$.?!]*[([]|=>|[([{}\])]/
const TYPES = /^[&*]?[A-Za-z_$][\w$.]*(?:[|&][A-Za-z_$][\w$.]*)+$|^[&*][A-Za-z_]\w*$/
const CALL = /^[A-Za-z_$][\w$.]*[([]/
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/
const ALGORITHM =
  /^(?:u?int|float|base|sha|utf|md|aes|hmac|ed|rsa|ecdsa|[rehp]s|oauth|argon|pbkdf|http|v|ipv)[-_]?\d+(?:\W.*)?$/i
const IS_PASSWORD = /(?:pass(?:w(?:or)?d|phrase)?|pwd|secret)$/i

export function isSecretAt(at: Assignment): boolean {
  if (isPlaceholder(at.value) || WORKING_DIRECTORY.test(at.name)) return false
  if (/^[^\p{L}\d]*$/u.test(at.value)) return false
  if (at.sign === '=>' && !(at.quoted && (at.closed || at.before.endsWith(':')))) return false
  if (at.sign === '>') return at.before.endsWith('<') && !at.quoted
  if (/^(?:is|was):?$/i.test(at.sign)) return isToldInProse(at)
  if (/value/i.test(at.sign)) return at.quoted ? isQuotedSecret(at) : !isCode(at.value)
  if (at.sign === '') return isArgument(at)
  return at.quoted ? isQuotedSecret(at) : isBareSecret(at)
}

/** "The password is hunter2." */
const isToldInProse = ({ value }: Assignment): boolean =>
  value.length >= 6 && !/\s/.test(value) && hasDigitAndLetter(value) && !ALGORITHM.test(value) && !isCode(value)
  && !(IDENTIFIER.test(value) && value.includes('_'))

/** `--password hunter2`, and `login me password hunter2` in a .netrc */
function isArgument({ name, before, value, quoted }: Assignment): boolean {
  if (value.startsWith('-') || /\s/.test(value)) return false
  if (/\blogin\s+\S+\s+$/.test(before)) return !isCode(value)
  return name.startsWith('--') && (quoted || (!isCode(value) && value.length >= 4 && /[^a-z_-]/.test(value)))
}

function isQuotedSecret(at: Assignment): boolean {
  const { name, value, before } = at
  if (value.length < 3 || /["'`]\$\{?$/.test(before)) return false
  if (/\s/.test(value)) return /phrase$/i.test(name)
  if (/[$#]\{|\{\w*\}|%[sd]|\$\(/.test(value) || isNameOfSecret(at) || !/[\x21-\x7e]/.test(value)) return false
  // A test report says `pass: "…"` too.
  if (name === 'pass') return value.length >= 6 && /[^a-z ]/.test(value)
  // `token` is also what a parser reads: there a word is no secret.
  return !/token$/i.test(name) || SHELL_NAME.test(name) || value.length >= 20 || hasDigitAndLetter(value)
}

/** `token: 'auth_token'`, `password: 'newPassword'`: a name in the place of a secret. */
function isNameOfSecret({ name, value }: Assignment): boolean {
  const word = /(?:password|token|key)$/i.exec(name)?.[0]
  if (word === undefined || value.length <= word.length || !/^[A-Za-z_.:-]+$/.test(value)) return false
  const end = value.slice(-word.length)
  const isLastPart = /^[A-Z][a-z]/.test(end) || /[_.:-]/.test(value.at(-word.length - 1)!)
  return isLastPart && end.toLowerCase() === word.toLowerCase()
}

function isBareSecret(at: Assignment): boolean {
  const { name, value, before, sign, spaced } = at
  const tight = sign === '=' && !spaced
  if (tight && SHELL_NAME.test(name) && SHELL_BEFORE.test(before)) {
    return !MEMBER.test(value) && !CALL.test(value) && !/^\d{1,3}$/.test(value)
  }
  if (isCode(value) || TYPES.test(value) || ALGORITHM.test(value) || /[<(]/.test(at.text[at.end] ?? '')) return false
  if (tight && (isWord(value) ? /(?:[^&][?&]|;)$/ : /(?:[^&][?&]|[;,] ?)$/).test(before)) {
    return value.length >= 4 && (!isWord(value) || IS_PASSWORD.test(name))
  }
  if (isWord(value)) return isBareWord(at)
  if (value.length < 6 || !/[A-Za-z]/.test(value)) return isLongNumber(at)
  if (!IDENTIFIER.test(value)) return value.length >= 16 || endsLine(at)
  if (looksRandom(value) && value.length >= 16) return true
  if (value.includes('_') || CODE_BEFORE.test(before)) return false
  return spaced || MEMBER.test(name) ? !(spaced && MEMBER.test(name)) && LINE_START.test(before) && endsLine(at) : true
}

/** `password: letmein` in a settings file; not where a program gives a variable to a parameter. */
function isBareWord(at: Assignment): boolean {
  const { name, value, before } = at
  if (!IS_PASSWORD.test(name) || !/^[a-z]{4,}(?:-[a-z]+)*$/.test(value)) return false
  if (/pass|secret|token|hash/.test(value)) return false
  if (at.sign === ':' ? !at.spaced : at.spaced) return false
  return name.startsWith('--') || (LINE_START.test(before) && endsLine(at) && !isInsideCode(at))
}

/** Lines of a literal in a program end in a comma or are followed by a bracket. */
function isInsideCode({ text, start, end }: Assignment): boolean {
  const lineAt = text.slice(Math.max(0, start - 200), start).lastIndexOf('\n')
  const above = lineAt < 0 ? '' : text.slice(Math.max(0, start - 200), Math.max(0, start - 200) + lineAt)
  return /[,{([;]\s*$/.test(above.slice(-80)) || /^\s*[})\]]/.test(text.slice(end, end + 80))
}

const isLongNumber = ({ name, value }: Assignment): boolean => /pass|pwd/i.test(name) && /^\d{4,}$/.test(value)
const isWord = (value: string): boolean => value.length < 40 && /^_*[A-Za-z]+(?:[-_./:][A-Za-z]+)*_*$/.test(value)
const isCode = (value: string): boolean => MEMBER.test(value) || EXPRESSION.test(value)
const hasDigitAndLetter = (value: string): boolean => /\d/.test(value) && /[A-Za-z]/.test(value)
const endsLine = ({ text, end }: Assignment): boolean =>
  /^(?:[ \t]*(?:\r?\n|$|#|\/\/)|["'`])/.test(text.slice(end, end + 40))
