// Runs scenarios: text files that read like a session at a terminal, and are documentation for that. docs/scenarios.md
// says which there are. A scenario is a txtar archive: the script, then the files it uses.
//
//   # A comment.
//   $ git bitloops status          runs in the repository; the lines below are what it must print
//   Capture:     enabled
//   ...                            any lines, or none
//   claude> prompt Limit logins    a step of a Claude Code session, played through the installed hooks
//   claude> write src/limit.ts     with the text of the file of that name below; `user> write` is done by hand
//   $ git bitloops explain HEAD~1
//   exits 1                        otherwise it must exit with 0
//   -- src/limit.ts --
//   export const limit = 5
//
// Within a line `<oid>`, `<id>`, `<time>`, `<number>` and `<text>` stand for what differs from run to run.

import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import * as assert from 'uvu/assert'
import { playClaude } from './player.ts'
import type { Player } from './player.ts'
import { makeRepository } from './repository.ts'
import type { TestRepository } from './repository.ts'

export interface Scenario {
  readonly steps: readonly Step[]
  readonly files: ReadonlyMap<string, string>
}

export type Step =
  | { readonly kind: 'command'; readonly line: number; readonly command: string
      readonly expected: readonly string[]; readonly code: number }
  | { readonly kind: 'claude' | 'user'; readonly line: number; readonly verb: string; readonly rest: string }

const DURATION = '\\d+ ?(?:ms|s|m|h|d)(?: ?\\d+ ?(?:ms|s|m|h|d))*'
const DATE = '\\d{4}-\\d\\d-\\d\\d(?:[T ][\\d:.]+(?:Z| [+-]\\d{4})?)?'

const PLACEHOLDERS: Readonly<Record<string, string>> = {
  '<oid>': '(?:[0-9a-f]{64}|[0-9a-f]{7,40})',
  '<id>': '[0-7][0-9A-HJKMNP-TV-Z]{3,25}',
  '<time>': `(?:${DURATION}|${DATE}|just now)`,
  '<number>': '\\d[\\d.,]*',
  '<text>': '.+',
}

export function parseScenario(text: string): Scenario {
  const [script = '', ...archive] = text.split(/^-- (.+) --\n/m)
  const files = new Map<string, string>()
  for (let at = 0; at < archive.length; at += 2) files.set(archive[at]!, archive[at + 1]!)

  const steps: Step[] = []
  let output: string[] = []
  script.split('\n').forEach((text, at) => {
    const last = steps.at(-1)
    const step = /^(claude|user)> (\w+) ?(.*)$/.exec(text)
    if (text.startsWith('$ ')) {
      output = []
      steps.push({ kind: 'command', line: at + 1, command: text.slice(2), expected: output, code: 0 })
    } else if (step !== null) {
      output = []
      steps.push({ kind: step[1] as 'claude' | 'user', line: at + 1, verb: step[2]!, rest: step[3]! })
    } else if (/^exits \d+$/.test(text) && last?.kind === 'command') {
      steps[steps.length - 1] = { ...last, code: Number(text.slice(6)) }
      output = []
    } else if (!/^# |^#$/.test(text)) {
      output.push(text)
    } else {
      // What follows a comment is no output.
      output = []
    }
  })
  return { steps, files }
}

/** Plays a scenario file in a new repository. */
export async function playScenario(file: string): Promise<void> {
  const { steps, files } = parseScenario(readFileSync(file, 'utf8'))
  const repository = await makeRepository()
  try {
    let claude: Player | undefined
    for (const step of steps) {
      const place = `${basename(file)}:${step.line}`
      if (step.kind === 'command') {
        await runCommand(repository, step, place)
      } else if (step.kind === 'user') {
        repository.write(step.rest, fileNamed(files, step.rest))
      } else {
        if (step.verb === 'start') claude = playClaude(repository)
        if (claude === undefined) throw new Error(`${place}: a session begins with \`claude> start\``)
        await playStep(claude, step.verb, step.rest, files)
      }
    }
  } finally {
    repository.remove()
  }
}

async function playStep(
  claude: Player, verb: string, rest: string, files: ReadonlyMap<string, string>,
): Promise<void> {
  switch (verb) {
    case 'start': await claude.start(); break
    case 'prompt': await claude.prompt(rest); break
    case 'think': await claude.think(rest); break
    case 'say': await claude.say(rest); break
    case 'write': await claude.write(rest, fileNamed(files, rest)); break
    case 'edit': {
      const [, path = '', before = '', after = ''] = /^(\S+) "(.*)" "(.*)"$/.exec(rest) ?? []
      await claude.edit(path, before, after)
      break
    }
    case 'bash': await claude.bash(rest); break
    case 'interrupt': await claude.interrupt(); break
    case 'stop': await claude.stop(rest); break
    case 'end': await claude.end(); break
    default: throw new Error(`claude cannot ${verb}`)
  }
}

function fileNamed(files: ReadonlyMap<string, string>, name: string): string {
  const text = files.get(name)
  if (text === undefined) throw new Error(`the scenario has no file ${name}`)
  return text
}

async function runCommand(
  repository: TestRepository, step: Step & { kind: 'command' }, place: string,
): Promise<void> {
  const outcome = await repository.sh(`{ ${step.command}\n} 2>&1`)
  const said = outcome.output.replaceAll(repository.root, '<root>').replaceAll(repository.home, '<home>')
  assert.is(outcome.code, step.code, `${place}: $ ${step.command}\nended with ${outcome.code}:\n${said}`)
  if (!matchesOutput(said, step.expected)) {
    assert.is(said, `${trimBlank(step.expected).join('\n')}\n`, `${place}: $ ${step.command}`)
  }
}

/** Whether the output is what the lines say, with their placeholders. */
export function matchesOutput(output: string, expected: readonly string[]): boolean {
  const pattern = trimBlank(expected).map((line) => line === '...' ? '(?:.*\\n)*?' : `${linePattern(line)}\\n`).join('')
  return new RegExp(`^${pattern}$`).test(output === '' || output.endsWith('\n') ? output : `${output}\n`)
}

const linePattern = (line: string): string => line.split(/(<(?:oid|id|time|number|text)>)/)
  .map((part) => PLACEHOLDERS[part] ?? part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('')

/** Blank lines around the output are there for the reader. */
function trimBlank(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => line !== '')
  return first === -1 ? [] : lines.slice(first, lines.findLastIndex((line) => line !== '') + 1)
}
