/** Does something for each member once in a period. */
export interface Heartbeat<Member> {
  add(member: Member): void
  delete(member: Member): void
  close(): void
}

const spokes = 100

/** The members are spread over the period, so that 10,000 pings are not one block of 100 ms. */
export function createHeartbeat<Member>(periodMs: number, beat: (member: Member) => void): Heartbeat<Member> {
  const wheel = Array.from({ length: spokes }, () => new Set<Member>())
  const places = new Map<Member, Set<Member>>()
  let at = 0
  let next = 0
  const timer = setInterval(() => {
    at = (at + 1) % spokes
    for (const member of wheel[at]!) beat(member)
  }, periodMs / spokes).unref()
  return {
    add: (member) => {
      next = (next + 1) % spokes
      const place = wheel[next]!
      place.add(member)
      places.set(member, place)
    },
    delete: (member) => {
      places.get(member)?.delete(member)
      places.delete(member)
    },
    close: () => clearInterval(timer),
  }
}
