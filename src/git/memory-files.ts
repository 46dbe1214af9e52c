// A file system in memory, as far as isomorphic-git asks for one: what is read from a remote leaves nothing behind.

type Contents = Uint8Array | string

/** The `fs` of isomorphic-git, beginning with these files. */
export function openMemoryFiles(given: Readonly<Record<string, string>>) {
  const files = new Map<string, Contents>(Object.entries(given))
  const isFolder = (path: string): boolean => [...files.keys()].some((file) => file.startsWith(`${path}/`))

  const stat = async (path: string) => {
    const file = files.get(path)
    if (file === undefined && !isFolder(path)) throw missing(path)
    return {
      type: file === undefined ? 'dir' : 'file', size: file?.length ?? 0,
      isFile: () => file !== undefined, isDirectory: () => file === undefined, isSymbolicLink: () => false,
    }
  }
  return {
    promises: {
      async readFile(path: string, options?: { readonly encoding?: string } | string): Promise<Contents> {
        const file = files.get(path)
        if (file === undefined) throw missing(path)
        const encoding = typeof options === 'string' ? options : options?.encoding
        if (encoding === 'utf8') return typeof file === 'string' ? file : new TextDecoder().decode(file)
        return typeof file === 'string' ? new TextEncoder().encode(file) : file
      },
      async writeFile(path: string, contents: Contents): Promise<void> { files.set(path, contents) },
      async unlink(path: string): Promise<void> { files.delete(path) },
      async readdir(path: string): Promise<string[]> {
        const below = [...files.keys()].filter((file) => file.startsWith(`${path}/`))
        return [...new Set(below.map((file) => file.slice(path.length + 1).split('/')[0]!))]
      },
      stat,
      lstat: stat,
      // Folders are there as long as something is in them.
      async mkdir(): Promise<void> {},
      async rmdir(): Promise<void> {},
      async readlink(path: string): Promise<never> { throw missing(path) },
      async symlink(path: string): Promise<never> { throw missing(path) },
    },
  }
}

const missing = (path: string): Error => Object.assign(new Error(`no such file: ${path}`), { code: 'ENOENT' })
