// Emphasis on a terminal, as functions: the same formatter writes with colour and without.

export interface Style {
  readonly strong: (text: string) => string
  readonly faint: (text: string) => string
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly accent: (text: string) => string
}

const as = (on: number, off: number) => (text: string): string => `\u001b[${on}m${text}\u001b[${off}m`
const same = (text: string): string => text

export const PLAIN: Style = { strong: same, faint: same, good: same, bad: same, accent: same }
export const COLOURED: Style = {
  strong: as(1, 22), faint: as(2, 22), good: as(32, 39), bad: as(31, 39), accent: as(33, 39),
}
