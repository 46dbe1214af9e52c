// Reading the live store where nothing may fail because of it: it may be missing, broken, or of a newer version.

import { findLiveStore } from './live.ts'
import type { LiveStore } from './live.ts'

export type LiveReading<Value> =
  | { readonly kind: 'read'; readonly value: Value }
  /** No session was ever recorded here. */
  | { readonly kind: 'none' }
  | { readonly kind: 'unusable'; readonly reason: string }

export async function readLiveStore<Value>(
  home: string, read: (store: LiveStore) => Value,
): Promise<LiveReading<Value>> {
  let store: LiveStore | undefined
  try {
    store = await findLiveStore(home, { readOnly: true })
    return store === undefined ? { kind: 'none' } : { kind: 'read', value: read(store) }
  } catch (error) {
    return { kind: 'unusable', reason: (error as Error).message }
  } finally {
    store?.close()
  }
}
