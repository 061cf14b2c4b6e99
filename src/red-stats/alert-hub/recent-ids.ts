/** The ids that came last. */
export interface RecentIds {
  add(id: string): void
  has(id: string): boolean
}

export function createRecentIds(capacity: number): RecentIds {
  const ids = new Set<string>()
  // The oldest is found here: a Set from which the first is always deleted walks over all that were deleted before,
  // which took 25 microseconds an event.
  const arrivals: string[] = []
  let next = 0
  return {
    add: (id) => {
      if (ids.has(id)) return
      const oldest = arrivals[next]
      if (oldest !== undefined) ids.delete(oldest)
      arrivals[next] = id
      next = (next + 1) % capacity
      ids.add(id)
    },
    has: (id) => ids.has(id),
  }
}
