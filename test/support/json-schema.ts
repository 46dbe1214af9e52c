// The part of JSON Schema that our fixtures use. A keyword that it does not know fails the test: none is passed over.

type Schema = Readonly<Record<string, unknown>>

/** What is wrong with the value, each with its place; none where it fits. */
export function findFaults(schema: Schema, value: unknown, root = schema, place = '$'): readonly string[] {
  return Object.entries(schema).flatMap(([keyword, rule]) => {
    const check = KEYWORDS[keyword]
    if (check === undefined) throw new Error(`the schema says '${keyword}', which nobody checks`)
    return check({ rule, value, schema, root, place })
  })
}

interface Case {
  readonly rule: unknown
  readonly value: unknown
  readonly schema: Schema
  readonly root: Schema
  readonly place: string
}

const unless = (holds: boolean, place: string, what: string): string[] => holds ? [] : [`${place}: ${what}`]
const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const nothing = (): string[] => []

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  integer: Number.isSafeInteger,
}

const KEYWORDS: Readonly<Record<string, (one: Case) => readonly string[]>> = {
  $comment: nothing, $schema: nothing, $id: nothing, $defs: nothing,
  $ref: ({ rule, value, root, place }) => {
    const name = String(rule).replace('#/$defs/', '')
    return findFaults((root['$defs'] as Record<string, Schema>)[name]!, value, root, place)
  },
  type: ({ rule, value, place }) => unless(TYPES[String(rule)]!(value), place, `is no ${String(rule)}`),
  enum: ({ rule, value, place }) => unless((rule as unknown[]).includes(value), place, `is ${String(value)}`),
  pattern: ({ rule, value, place }) =>
    unless(new RegExp(String(rule)).test(String(value)), place, `is ${String(value)}`),
  format: ({ rule, value, place }) => unless(rule === 'uri' && URL.canParse(String(value)), place, 'is no URI'),
  maxLength: ({ rule, value, place }) => unless(String(value).length <= Number(rule), place, 'is too long'),
  minimum: ({ rule, value, place }) => unless(Number(value) >= Number(rule), place, 'is too small'),
  required: ({ rule, value, place }) => (rule as string[]).flatMap((name) =>
    unless(isObject(value) && name in value, place, `lacks ${name}`)),
  properties: ({ rule, value, root, place }) =>
    Object.entries(rule as Record<string, Schema>).flatMap(([name, schema]) =>
      isObject(value) && name in value ? findFaults(schema, value[name], root, `${place}.${name}`) : []),
  additionalProperties: ({ value, schema, place }) => Object.keys(isObject(value) ? value : {}).flatMap((name) =>
    unless(name in (schema['properties'] as object), place, `has ${name}`)),
  items: ({ rule, value, root, place }) => (Array.isArray(value) ? value : []).flatMap((each, at) =>
    findFaults(rule as Schema, each, root, `${place}[${at}]`)),
}
