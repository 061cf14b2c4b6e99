/** The ids that came last. */
export interface RecentIds {
  add(id: string): void
  has(id: string): boolean
}

export function createRecentIds(capacity: number): RecentIds {
  const ids = new Set<string>() // in the order of arrival
  return {
    add: (id) => {
      ids.add(id)
      if (ids.size <= capacity) return
      for (const oldest of ids) {
        ids.delete(oldest)
        break
      }
    },
    has: (id) => ids.has(id),
  }
}
