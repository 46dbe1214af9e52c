// The rules of the house that a machine can hold: who may import whom, who may touch the world, how long things may be.

import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { basename, dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { describe } from './support/suite.ts'

interface SourceFile {
  /** From the root of the project, `/` between. */
  readonly path: string
  readonly layer: Layer
  readonly lines: readonly string[]
  readonly imports: readonly Import[]
}

interface Import {
  readonly specifier: string
  readonly isType: boolean
}

/** Top down: a file imports from layers to the right of its own only, or from its own. */
const LAYERS = ['git-commands', 'workflow', 'store', 'agents', 'git', 'model', 'leaf'] as const
type Layer = (typeof LAYERS)[number] | 'test'

/** What each layer may import. Workflows do not import each other, so `workflow` does not stand in its own list. */
const MAY_IMPORT: Readonly<Record<(typeof LAYERS)[number], readonly Layer[]>> = {
  'git-commands': ['git-commands', 'workflow', 'store', 'agents', 'git', 'model', 'leaf'],
  workflow: ['store', 'agents', 'git', 'model', 'leaf'],
  store: ['store', 'agents', 'git', 'model', 'leaf'],
  agents: ['agents', 'model'],
  git: ['git', 'model', 'leaf'],
  model: ['model'],
  leaf: ['leaf', 'model'],
}

/** Below all workflows: errors, the log, and what says what others may import. */
const LEAVES = ['src/errors.ts', 'src/log.ts']
const ENTRY = 'src/index.ts'
const FORBIDDEN_NAMES = /(^|[-.])(utils?|helpers?|managers?|services?|data|info|handles?|misc)([-.]|$)/
const LONGEST_FILE = 260
const LONGEST_LINE = 120

const PROJECT = fileURLToPath(new URL('..', import.meta.url))
const sources = ['src', 'git-commands', 'scripts', 'test'].flatMap(readSources)
const product = sources.filter(({ path }) => path.startsWith('src/') || path.startsWith('git-commands/'))

function readSources(folder: string): readonly SourceFile[] {
  const root = join(PROJECT, folder)
  return (existsSync(root) ? readdirSync(root, { recursive: true, encoding: 'utf8' }) : [])
    .filter((path) => path.endsWith('.ts'))
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8')
      const place = join(folder, path)
      const lines = text.replace(/\n$/, '').split('\n')
      return { path: place, layer: layerOf(place), lines, imports: importsOf(text) }
    })
}

function layerOf(path: string): Layer {
  if (LEAVES.includes(path)) return 'leaf'
  const [first, second, third] = path.split('/')
  if (first === 'git-commands') return 'git-commands'
  if (first !== 'src') return 'test'
  return third === undefined ? 'workflow' : second as Layer
}

function importsOf(text: string): readonly Import[] {
  const statement = /^(?:import|export)\s+(type\s)?[^'"]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm
  return [...text.matchAll(statement)]
    .map(([, type, from, bare, lazy]) => ({ specifier: (from ?? bare ?? lazy)!, isType: type !== undefined }))
}

/** The file a relative import leads to. */
const targetOf = (file: SourceFile, specifier: string): string => normalize(join(dirname(file.path), specifier))

const packageOf = (specifier: string): string =>
  specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/')

const isRelative = (specifier: string): boolean => specifier.startsWith('.')
const isBuiltin = (specifier: string): boolean => specifier.startsWith('node:')

/** Fails with the whole list, so that one run tells everything. */
const none = (found: readonly string[]): void => { assert.is(found.join('\n'), '') }

describe('imports', (it) => {
  it('point down only, and workflows do not import each other', () => {
    none(product.filter(({ path }) => path !== ENTRY).flatMap((file) => file.imports
      .filter(({ specifier }) => isRelative(specifier))
      .map(({ specifier }) => targetOf(file, specifier))
      .filter((target) => !(MAY_IMPORT[file.layer as keyof typeof MAY_IMPORT] ?? []).includes(layerOf(target)))
      .map((target) => `${file.path} imports ${target}`)))
  })

  it('of the model and the agents reach nothing of the world', () => {
    none(product.filter(({ layer }) => layer === 'model' || layer === 'agents').flatMap((file) => file.imports
      .filter(({ specifier }) => isBuiltin(specifier) && specifier !== 'node:crypto')
      .map(({ specifier }) => `${file.path} imports ${specifier}`)))
  })

  it('of a package stand in one file', () => {
    const users = new Map<string, Set<string>>()
    for (const { path, imports } of product) {
      for (const { specifier, isType } of imports) {
        if (isType || isRelative(specifier) || isBuiltin(specifier)) continue
        users.set(packageOf(specifier), (users.get(packageOf(specifier)) ?? new Set()).add(path))
      }
    }
    none([...users].filter(([, files]) => files.size > 1).map(([name, files]) => `${name}: ${[...files].join(', ')}`))
  })

  it('end in .ts or name a built-in by node:', () => {
    const bare = /^(fs|path|os|child_process|crypto|url|stream|events|util)\b/
    none(sources.flatMap((file) => file.imports
      .filter(({ specifier }) => isRelative(specifier) ? !specifier.endsWith('.ts') : bare.test(specifier))
      .map(({ specifier }) => `${file.path} imports ${specifier}`)))
  })

  it('name packages that package.json knows', () => {
    const manifest = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as Record<string, object>
    const known = new Set(['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']
      .flatMap((key) => Object.keys(manifest[key] ?? {})))
    none(sources.flatMap((file) => file.imports
      .filter(({ specifier }) => !isRelative(specifier) && !isBuiltin(specifier) && !known.has(packageOf(specifier)))
      .map(({ specifier }) => `${file.path} imports ${specifier}`)))
  })
})

describe('layers', (it) => {
  const matching = (layers: readonly Layer[], pattern: RegExp): readonly string[] => product
    .filter(({ layer }) => layers.includes(layer))
    .flatMap(({ path, lines }) => lines.flatMap((line, at) =>
      pattern.test(line.replace(/\/\/.*|^\s*\*.*/, '')) ? [`${path}:${at + 1}: ${line.trim()}`] : []))

  it('of which only commands print, read arguments or exit', () => {
    none(matching(['workflow', 'store', 'agents', 'git', 'model', 'leaf'],
      /\bconsole\.|process\.(stdout|stderr|argv|exit|exitCode)\b/))
  })
  it('below the commands take the environment and the folder as parameters', () => {
    none(matching(['workflow', 'store', 'agents', 'git', 'model', 'leaf'], /process\.(env|cwd)\b/))
  })
  it('that are pure look at no clock', () => {
    none(matching(['agents', 'model'], /\bDate\.now\(|new Date\(\)|Math\.random\(|setTimeout\(|\bfetch\(/))
  })
  it('of which only src/git runs git', () => {
    none(matching(['git-commands', 'workflow', 'store', 'leaf'], /(spawn|exec|execFile)(Sync)?\(\s*['"`]git\b/))
  })
})

describe('files', (it) => {
  it('begin by saying what they are for', () => {
    none(sources.filter(({ lines }) => !/^(\/\/|\/\*\*?) ?\S/.test(lines[0]!.startsWith('#!') ? lines[1]! : lines[0]!))
      .map(({ path }) => path))
  })
  it(`have at most ${LONGEST_FILE} lines`, () => {
    none(sources.filter(({ lines }) => lines.length > LONGEST_FILE)
      .map(({ path, lines }) => `${path}: ${lines.length}`))
  })
  it(`have lines of at most ${LONGEST_LINE} characters`, () => {
    none(sources.flatMap(({ path, lines }) => lines.flatMap((line, at) =>
      line.length > LONGEST_LINE && !/https?:/.test(line) ? [`${path}:${at + 1}: ${line.length}`] : [])))
  })
  it('have names that say something', () => {
    none(sources.filter(({ path }) => FORBIDDEN_NAMES.test(basename(path, '.ts'))).map(({ path }) => path))
  })
  it('export by name, know no enum and no class but errors', () => {
    const unwanted = /^export default|^(export )?(const )?enum |^(export )?(abstract )?class (?!\w*Error\b)/
    none(sources.flatMap(({ path, lines }) => lines.flatMap((line, at) =>
      unwanted.test(line) ? [`${path}:${at + 1}: ${line}`] : [])))
  })
  it('leave no work for later', () => {
    none(product.flatMap(({ path, lines }) => lines.flatMap((line, at) =>
      /\b(TODO|FIXME|XXX|HACK)\b/.test(line) ? [`${path}:${at + 1}: ${line.trim()}`] : [])))
  })
  it('name no place of one machine', () => {
    none(sources.filter(({ path }) => path !== relative(PROJECT, fileURLToPath(import.meta.url)))
      .flatMap(({ path, lines }) => lines.flatMap((line, at) =>
        /['"`(\s]\/(work|root)\//.test(line) ? [`${path}:${at + 1}: ${line.trim()}`] : [])))
  })
})

describe('one word in many places', (it) => {
  /** Files of git-commands that are no subcommand. */
  const SUPPORT = ['main', 'cli', 'io', 'parse']
  const commands = product.filter(({ layer }) => layer === 'git-commands')
    .map(({ path }) => path.replace(/^git-commands\/|\.ts$/g, ''))
    .filter((name) => !name.includes('/') && !SUPPORT.includes(name) && !/^(?:format|cli)-/.test(name))

  it('a command that has a workflow is called like it', () => {
    const workflows = new Set(product.filter(({ layer }) => layer === 'workflow')
      .map(({ path }) => basename(path, '.ts')))
    none(commands.filter((name) => {
      const file = product.find(({ path }) => path === `git-commands/${name}.ts`)!
      const used = file.imports.filter(({ isType }) => !isType)
        .map(({ specifier }) => targetOf(file, specifier))
        .filter((target) => layerOf(target) === 'workflow').map((target) => basename(target, '.ts'))
      return workflows.has(name) && !used.includes(name)
    }).map((name) => `git-commands/${name}.ts does not call src/${name}.ts`))
  })

  it('a test is called like a file it tests', () => {
    // What they test is no single file of the library: a hook script, the player, the whole.
    const SUBJECTS =
      /^test\/(architecture|docs|scenarios|[a-z-]+-scenarios|player|crash|agent-hook|git-hooks|support\/.*)\.test\.ts$/
    const known = new Set(product.map(({ path }) => basename(path, '.ts')))
    none(sources.filter(({ path }) => path.endsWith('.test.ts') && !SUBJECTS.test(path))
      .filter(({ path }) => !known.has(basename(path, '.test.ts').replace(/-contract$/, '')))
      .map(({ path }) => path))
  })
})
