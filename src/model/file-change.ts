// One change of one file, as plain data: what is to be written is decided first, and done in one go.

export interface FileChange {
  /** Absolute. */
  readonly path: string
  /** What the file holds now; undefined: there is none. */
  readonly before: Buffer | undefined
  /** What it is to hold; undefined: it is taken away. */
  readonly after: Buffer | undefined
  /** Permissions of the written file. */
  readonly mode: number
}
