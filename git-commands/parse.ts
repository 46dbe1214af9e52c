// Turns the words after a command into arguments and options. The only file that imports cac.

import { cac } from 'cac'
import { BitloopsError } from '../src/errors.ts'
import { optionNames, takesValue } from '../src/model/command.ts'
import type { CommandOption, CommandSpec } from '../src/model/command.ts'

export interface ParsedWords {
  readonly args: readonly string[]
  /** Under the camel-cased long name; only what was given. Values are strings, lists of strings, or true. */
  readonly options: Readonly<Record<string, string | readonly string[] | true>>
}

/** No word of a command line can hold it. A marked value is a string to cac, too: `0012345` stays as it was typed. */
const MARK = '\0'

/** Throws `usage` with the sentence that Git would print. */
export function parseWords(command: CommandSpec, words: readonly string[]): ParsedWords {
  const program = cac('git bitloops')
  const known = program.command(`${command.name} [...args]`, command.summary)
  for (const { flag, help } of command.options) known.option(flag, help)
  const rest = words.indexOf('--')
  const before = rest < 0 ? words : words.slice(0, rest)
  const marked = before.flatMap((word) => prepare(command, word))
  const parsed = program.parse(['', '', command.name, ...marked], { run: false })
  try {
    known.checkUnknownOptions()
    known.checkOptionValue()
  } catch (error) {
    throw usage((error as Error).message.replace(/^[A-Z]/, (letter) => letter.toLowerCase()))
  }
  const args = [...parsed.args.map(unmark), ...(rest < 0 ? [] : words.slice(rest + 1))]
  if (args.length > command.maxArgs) throw usage(`too many arguments: '${args[command.maxArgs]}'`)
  return { args, options: readOptions(command, parsed.options) }
}

function prepare(command: CommandSpec, word: string): string[] {
  const letter = command.options.find((option) => takesValue(option) && /^-\w$/.test(optionNames(option)[0]!)
    && word.startsWith(optionNames(option)[0]!) && word.length > 2)
  if (letter !== undefined) return [word.slice(0, 2), `${word.slice(2)}${MARK}`]
  return [word.startsWith('-') && !word.includes('=') ? word : `${word}${MARK}`]
}

function readOptions(command: CommandSpec, given: Readonly<Record<string, unknown>>): ParsedWords['options'] {
  const options: Record<string, string | readonly string[] | true> = {}
  for (const option of command.options) {
    const key = keyOf(option)
    // cac takes `--no-switch` for a `--switch` that is false.
    const denied = /^no([A-Z])(.*)$/.exec(key)
    const value = denied === null ? given[key] : given[`${denied[1]!.toLowerCase()}${denied[2]!}`] === false
    if (value === undefined || value === false) continue
    options[key] = takesValue(option) ? valueOf(option, value) : true
  }
  return options
}

function valueOf(option: CommandOption, value: unknown): string | readonly string[] {
  const name = optionNames(option).at(-1)!
  const values = [value].flat().map((each) => {
    if (typeof each !== 'string') throw usage(`option '${name}' requires a value`)
    return unmark(each)
  })
  for (const each of values) {
    if (option.values !== undefined && !option.values.includes(each)) {
      throw usage(`option '${name}' takes ${option.values.join(', ')}, not '${each}'`)
    }
  }
  return option.many === true ? values : values.at(-1)!
}

/** `--max-count` is `maxCount`. */
const keyOf = (option: CommandOption): string => optionNames(option).at(-1)!.replace(/^-+/, '')
  .replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())

const unmark = (word: string): string => word.endsWith(MARK) ? word.slice(0, -1) : word
const usage = (message: string): BitloopsError => new BitloopsError('usage', message)
