export async function soak(): Promise<string> {
  throw new Error('not yet')
}
