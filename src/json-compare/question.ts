/**
 * A question that rests on others: it yields them and is resumed with their answers. `answer` keeps them on a stack of
 * its own, so that arrays in any order may nest as deep as memory allows.
 */
export interface Question extends Generator<Question, boolean, boolean> {}

export function answer(question: Question): boolean {
  const open = [question]
  let reply = false // the first `next` of a generator ignores it
  while (open.length > 0) {
    const { done, value } = open.at(-1)!.next(reply)
    if (done) {
      open.pop()
      reply = value
    } else {
      open.push(value)
    }
  }
  return reply
}
