// JSON that may be shown on a terminal: control, bidi and invisible characters are escaped.

const UNSAFE = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g

export const formatJson = (value: unknown): string => `${JSON.stringify(value, null, 2).replace(UNSAFE, escape)}\n`

/** The same on one line, as a line of JSON Lines. */
export const formatJsonLine = (value: unknown): string => `${JSON.stringify(value).replace(UNSAFE, escape)}\n`

const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
