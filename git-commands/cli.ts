// The command table. Parsing, `-h`, the man page, completion and the README's table are made from it.

import type { CommandSpec } from '../src/model/command.ts'
import { DAILY } from './cli-daily.ts'
import { SETUP } from './cli-setup.ts'
import { UPKEEP } from './cli-upkeep.ts'

export const COMMANDS = [...SETUP, ...DAILY, ...UPKEEP] as const satisfies readonly CommandSpec[]

export type CommandName = (typeof COMMANDS)[number]['name']

export const findCommand = (name: string): (CommandSpec & { readonly name: CommandName }) | undefined =>
  COMMANDS.find((command) => command.name === name)
