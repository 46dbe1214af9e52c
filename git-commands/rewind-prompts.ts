// Lets a person choose from a list, with the keys of a pager. The only file that imports @clack/prompts.

import { autocomplete, isCancel, select, settings } from '@clack/prompts'

export interface Choice<Value extends string> {
  readonly value: Value
  readonly label: string
  /** Shown where the cursor is. */
  readonly hint?: string
}

export type Answer<Value> =
  | { readonly kind: 'chosen'; readonly value: Value }
  /** One step back: q or Esc. */
  | { readonly kind: 'back' }
  /** Away with it all: Ctrl-C. */
  | { readonly kind: 'left' }

export interface Asking<Value> {
  /** A long list: `/` looks for words in it. */
  readonly searchable?: boolean
  /** Where the cursor begins. */
  readonly first?: Value | undefined
}

/** j, k, the arrows and Enter; q goes back. */
export async function choose<Value extends string>(
  message: string, choices: readonly Choice<Value>[], { searchable = false, first }: Asking<Value> = {},
): Promise<Answer<Value>> {
  const keys = searchable ? ['q', '/'] : ['q']
  const help = `j/k moves,${searchable ? ' / searches,' : ''} q leaves`
  for (;;) {
    const { value, last } = await watching(keys, () => select<string>({
      message: `${message} (${help})`, options: choices.map((one) => ({ ...one })), showInstructions: false,
      ...first === undefined ? {} : { initialValue: first },
    }))
    if (!isCancel(value)) return { kind: 'chosen', value: value as Value }
    if (last !== '/') return { kind: last === 'ctrl-c' ? 'left' : 'back' }
    const found = await watching([], () => autocomplete<string>({
      message, options: choices.map((one) => ({ ...one })),
    }))
    if (found.last === 'ctrl-c') return { kind: 'left' }
    if (!isCancel(found.value) && found.value !== undefined) return { kind: 'chosen', value: found.value as Value }
  }
}

/** Asks, with keys that leave the list, and tells the last one that was pressed. In a text they would be letters. */
async function watching<Value>(
  leaving: readonly string[], ask: () => Promise<Value>,
): Promise<{ readonly value: Value; readonly last: string }> {
  let last = ''
  const see = (text: string | undefined, key: { readonly ctrl?: boolean; readonly name?: string }): void => {
    last = key.ctrl === true && key.name === 'c' ? 'ctrl-c' : text ?? ''
  }
  for (const key of leaving) settings.aliases.set(key, 'cancel')
  process.stdin.on('keypress', see)
  try {
    const value = await ask()
    return { value, last }
  } finally {
    process.stdin.off('keypress', see)
    for (const key of leaving) settings.aliases.delete(key)
  }
}

/** The library asks the environment whether there are colours. */
export function withoutColours(): void {
  process.env['NO_COLOR'] = '1'
  delete process.env['FORCE_COLOR']
}
