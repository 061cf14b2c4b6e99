/** Rejects when something takes too long. */
export async function within<Value>(ms: number, act: () => Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Took longer than ${ms} ms`)), ms)
  })
  return Promise.race([act(), late]).finally(() => clearTimeout(timer))
}
