// What the finders of secrets tell.

/** A secret in a text, `[start, end)` in UTF-16 units. `kind` is lower-case-kebab and stands in the replacement. */
export interface Finding {
  readonly kind: string
  readonly start: number
  readonly end: number
}
