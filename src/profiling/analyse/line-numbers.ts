/**
 * The numbers of lines that were seen, per process: a repeat is a doubled line, a gap a lost one. Kept as ranges, so
 * that a log in order costs two numbers whatever its length.
 */
export class LineNumbers {
  readonly #ranges = new Map<string, number[]>() // start, end (exclusive), start, end, … ascending

  /** False if the number was there already. */
  add(id: string, number: number): boolean {
    let ranges = this.#ranges.get(id)
    if (ranges === undefined) {
      ranges = []
      this.#ranges.set(id, ranges)
    }
    let place = ranges.length
    while (place > 0 && ranges[place - 2]! > number) place -= 2
    if (place > 0 && number < ranges[place - 1]!) return false
    const touchesBefore = place > 0 && ranges[place - 1] === number
    const touchesAfter = ranges[place] === number + 1
    if (touchesBefore && touchesAfter) ranges.splice(place - 1, 2)
    else if (touchesBefore) ranges[place - 1] = number + 1
    else if (touchesAfter) ranges[place] = number
    else ranges.splice(place, 0, number, number + 1)
    return true
  }

  get processes(): number {
    return this.#ranges.size
  }

  /** Lines missing between the first and the last of each process. */
  get lost(): number {
    let lost = 0
    for (const ranges of this.#ranges.values()) {
      for (let i = 1; i + 1 < ranges.length; i += 2) lost += ranges[i + 1]! - ranges[i]!
    }
    return lost
  }
}
