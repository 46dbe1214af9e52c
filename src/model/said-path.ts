// Which path of a commit an agent means that names files by absolute paths, in a working tree that may be elsewhere.

/** The longest of these paths that the said one ends with; undefined: none of them is meant. */
export function findSaidPath(said: string, paths: Iterable<string>): string | undefined {
  const name = said.replaceAll('\\', '/')
  let found: string | undefined
  for (const path of paths) {
    const fits = name === path || name.endsWith(`/${path}`)
    if (fits && path.length > (found?.length ?? -1)) found = path
  }
  return found
}
