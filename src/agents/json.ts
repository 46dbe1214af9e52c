// Lenient reading of JSON whose shape another program decides, and may change with its next release.

import { createHash } from 'node:crypto'

export type JsonObject = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The object, or an empty one for anything else. */
export const objectOf = (value: unknown): JsonObject => isObject(value) ? value : {}

/** The object that a line of JSON holds; undefined for anything else. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** The list, or an empty one for anything else. */
export const listOf = (value: unknown): readonly unknown[] => Array.isArray(value) ? value : []

export const textOf = (value: unknown): string | undefined => typeof value === 'string' ? value : undefined

/** A string that says something. */
export const wordsOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined

export const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined

/** `{ [key]: value }`, or nothing: an absent field is left out, never undefined. */
export function given<Key extends string, Value>(key: Key, value: Value | undefined): { readonly [K in Key]?: Value } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [K in Key]?: Value }
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** 16 hex digits that stand for these texts, in this order. */
export const digestOf = (...parts: readonly (string | undefined)[]): string =>
  sha256(parts.map((part) => `${part?.length ?? -1}:${part ?? ''}`).join('\n')).slice(0, 16)

/** The value, or a note where it nests deeper than anything sane: JSON.stringify would not survive it. */
export const boundedDepth = (value: unknown): unknown => nestsWithin(value, MAX_DEPTH) ? value : '[nested too deeply]'

const MAX_DEPTH = 200

function nestsWithin(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return depth > 0 && Object.values(value).every((child) => nestsWithin(child, depth - 1))
}
