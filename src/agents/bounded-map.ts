// What an adapter remembers from line to line is bounded: the newest entries stay.

/** Sets the entry as the newest and forgets the oldest ones beyond the limit. */
export function setNewest<Value>(map: Map<string, Value>, key: string, value: Value, limit: number): void {
  map.delete(key)
  map.set(key, value)
  for (const oldest of map.keys()) {
    if (map.size <= limit) break
    map.delete(oldest)
  }
}
