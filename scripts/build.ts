// node --import tsx scripts/build.ts [--readme]
//
// Builds dist/: the program, the hook scripts, the man page and shell completion. With --readme also the table of
// commands in README.md.
//
// The program is made for a fast start. CommonJS, which Node starts faster than modules. Few files, since opening one
// costs more than parsing little; but what reading commands seldom need lies in files of its own, since parsing much
// costs most. A third-party package is a file of its own, too.

import { build } from 'esbuild'
import type { Plugin } from 'esbuild'
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { COMMANDS } from '../git-commands/cli.ts'
import { SHELLS, formatCompletion } from '../src/model/completion.ts'
import { formatManPage } from '../src/model/man-page.ts'
import { formatCommandTable } from '../src/model/usage.ts'

const root = dirname(import.meta.dirname)
/** Made beside it and moved into place when all is done: a build that fails leaves the old one. */
const dist = join(root, 'dist.new')
const { version, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as
  { version: string; dependencies: Readonly<Record<string, string>> }

const packages = Object.keys(dependencies)
const fileOf = (name: string): string => `${name.replace(/^@/, '').replaceAll('/', '-')}.js`

/** In the program itself: what people wait for most often. Other commands lie beside it, as does what both throw. */
const READING: readonly string[] = ['explain', 'status', 'log', 'completion']
const parts = [
  'catch-up', 'heal-hooks', 'explain-remote', 'unite-fetched', 'pre-push',
  ...COMMANDS.map(({ name }) => name).filter((name) => !READING.includes(name)),
]

const shared = {
  bundle: true, platform: 'node', target: 'node20', legalComments: 'none', minify: true, logLevel: 'warning',
  absWorkingDir: root, outdir: dist,
} as const

/** `import('./init.ts')` becomes `require('./init.js')`, and `import('cac')` `require('./vendor/cac.js')`. */
const beside: Plugin = {
  name: 'beside',
  setup(builder) {
    builder.onResolve({ filter: /^[^./]/ }, ({ path }) =>
      packages.includes(path) ? { path: `./vendor/${fileOf(path)}`, external: true } : undefined)
    builder.onResolve({ filter: /\.ts$/ }, ({ path, kind }) => {
      const name = basename(path, '.ts')
      const isPart = kind === 'dynamic-import' && path.startsWith('./') && parts.includes(name)
      const isShared = name === 'errors' && kind !== 'entry-point'
      return isPart || isShared ? { path: `./${name}.js`, external: true } : undefined
    })
  },
}

/** better-sqlite3 looks for its binary in many places, with a package of its own: it is where npm put it. */
const binary: Plugin = {
  name: 'binary',
  setup(builder) {
    builder.onResolve({ filter: /\.node$/ }, ({ path }) => ({ path, external: true }))
    builder.onResolve({ filter: /^bindings$/ }, ({ path }) => ({ path, namespace: 'binary' }))
    builder.onLoad({ filter: /./, namespace: 'binary' }, () =>
      ({ contents: 'module.exports = () => require("better-sqlite3/build/Release/better_sqlite3.node")' }))
  },
}

/**
 * Secretlint measures itself: 36 marks of each scan that are kept and searched for ever, so that a long run takes the
 * square of its length. Nobody reads the measurements.
 */
const unmeasured: Plugin = {
  name: 'unmeasured',
  setup(builder) {
    builder.onResolve({ filter: /^@secretlint\/profiler$/ }, ({ path }) => ({ path, namespace: 'unmeasured' }))
    builder.onLoad({ filter: /./, namespace: 'unmeasured' }, () =>
      ({ contents: 'export const secretLintProfiler = { mark() {} }' }))
  },
}

const program = {
  ...shared, format: 'cjs' as const, plugins: [beside],
  define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
  // `require` spares starting the loader of modules.
  supported: { 'dynamic-import': false },
}

rmSync(dist, { recursive: true, force: true })
mkdirSync(dist)
writeFileSync(join(dist, 'package.json'), '{ "type": "commonjs" }\n')
// Hooks wait for other things than people do, and each for as little as can be.
writeFileSync(join(dist, 'git-bitloops.js'), `#!/usr/bin/env node
const [, , name, ...words] = process.argv
const plumbing = ['drain', 'hook', 'settle'].includes(name) || (name === 'promote' && words.includes('--hook'))
const helps = words.includes('-h') || words.includes('--help')
require(plumbing && !helps ? './plumbing.js' : './people.js')
`)

await Promise.all([
  build({ ...program, entryPoints: { people: 'git-commands/main.ts', plumbing: 'git-commands/plumbing.ts' } }),
  build({
    ...program, entryPoints: ['src/errors.ts', ...parts.map((name) => `git-commands/${name}.ts`)], entryNames: '[name]',
  }),
  ...packages.map((name) => build({
    ...shared, format: 'cjs', plugins: [binary, unmeasured],
    entryPoints: { [`vendor/${basename(fileOf(name), '.js')}`]: name },
    // The CommonJS form of some packages asks for its own files in a way that cannot be followed.
    mainFields: ['module', 'main'],
  })),
  build({
    ...shared, minify: true, format: 'esm', packages: 'external', entryPoints: ['src/index.ts', 'src/reader.ts'],
    outExtension: { '.js': '.mjs' },
  }),
])
chmodSync(join(dist, 'git-bitloops.js'), 0o755)

cpSync(join(root, 'src', 'hooks'), join(dist, 'hooks'), { recursive: true })
mkdirSync(join(dist, 'man'))
writeFileSync(join(dist, 'man', 'git-bitloops.1'), formatManPage(COMMANDS, version))
mkdirSync(join(dist, 'completion'))
for (const shell of SHELLS) {
  writeFileSync(join(dist, 'completion', `git-bitloops.${shell}`), formatCompletion(shell, COMMANDS))
}

if (process.argv.includes('--readme')) {
  const path = join(root, 'README.md')
  const table = `<!-- commands -->\n${formatCommandTable(COMMANDS)}\n<!-- /commands -->`
  writeFileSync(path, readFileSync(path, 'utf8').replace(/<!-- commands -->[^]*<!-- \/commands -->/, table))
}

const [present, former] = [join(root, 'dist'), join(root, 'dist.old')]
rmSync(former, { recursive: true, force: true })
if (existsSync(present)) renameSync(present, former)
renameSync(dist, present)
rmSync(former, { recursive: true, force: true })
