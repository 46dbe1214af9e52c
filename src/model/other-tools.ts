// Other tools that record agents' sessions. Two at once cost twice and explain everything twice: the user is told, and
// theirs is left alone.

interface OtherTool {
  readonly name: string
  /** Their command, as it stands in hooks of Git or of agents. */
  readonly command: RegExp
  /** What they keep in the working tree. */
  readonly files: readonly string[]
}

const OTHER_TOOLS: readonly OtherTool[] = [
  { name: 'Entire', command: /(?:^|[\s/"'(;&|])entire\s+hooks\b/m, files: ['.entire/settings.json'] },
  { name: 'git-ai', command: /(?:^|[\s/"'(;&|])git-ai(?=[\s"']|$)/m, files: [] },
  {
    name: 'the Bitloops CLI', command: /(?:^|[\s/"'(;&|])bitloops\s+hooks\b/m,
    files: ['.bitloops/config', '.bitloops/config.json', '.bitloops/config.toml'],
  },
]

/** What such tools may keep in a working tree. */
export const TOOL_FILES: readonly string[] = OTHER_TOOLS.flatMap(({ files }) => files)

/** A text that hooks are read from: a hook file, an agent's settings. */
export interface HookText {
  readonly path: string
  readonly text: string
}

export interface FoundTool {
  readonly name: string
  /** Files that name it. */
  readonly places: readonly string[]
}

/** The tools whose command is in one of the texts, or whose own file is among `files` (from the worktree's root). */
export function findOtherTools(texts: readonly HookText[], files: readonly string[]): readonly FoundTool[] {
  return OTHER_TOOLS.flatMap(({ name, command, files: own }) => {
    const places = [
      ...texts.filter(({ text }) => command.test(text)).map(({ path }) => path),
      ...files.filter((file) => own.includes(file)),
    ]
    return places.length === 0 ? [] : [{ name, places }]
  })
}
