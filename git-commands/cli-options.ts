// Options that many commands have.

import type { CommandOption } from '../src/model/command.ts'

export const JSON_OPTION: CommandOption = {
  flag: '--json', help: 'print JSON with a schema number, whole ids and no colour',
}
export const NUL_OPTION: CommandOption = { flag: '-z', help: 'end lines with NUL instead of newline' }
