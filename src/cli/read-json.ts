import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'

/**
 * Reads a JSON file, or the standard input for `-`.
 *
 * @throws Error that names the file, and for text that is not JSON the line and column
 */
export async function readJson(path: string): Promise<unknown> {
  const name = path === '-' ? 'standard input' : path
  const bytes = await readBytes(path, name)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new Error(`${name} is not text in UTF-8`, { cause })
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    const { line, column, found } = firstError(text)
    throw new Error(`${name}:${line}:${column} is not JSON: unexpected ${found}`, { cause })
  }
}

async function readBytes(path: string, name: string): Promise<Uint8Array> {
  try {
    return path === '-' ? await buffer(process.stdin) : await readFile(path)
  } catch (cause) {
    throw new Error(`Cannot read ${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

/** `JSON.parse` tells where a text stops being JSON for some errors only, and in other words in each version of Node. */
function firstError(text: string): { line: number; column: number; found: string } {
  const at = firstWrongIndex(text)
  const before = text.slice(0, at).split('\n')
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0)
  const found = at >= text.length ? 'end of the text' : JSON.stringify(character)
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, found }
}

const space = /[ \t\n\r]*/y
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y
const escaped = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y

/** A scanner without recursion, since the text may nest a million levels deep. */
function firstWrongIndex(text: string): number {
  let at = 0
  const closing: ('}' | ']')[] = []
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const found = pattern.test(text)
    if (found) at = pattern.lastIndex
    return found
  }
  const skipCharacter = (character: string): boolean => {
    skip(space)
    if (text[at] !== character) return false
    at++
    return true
  }
  const skipString = (): boolean => {
    if (!skipCharacter('"')) return false
    while (at < text.length && text[at] !== '"' && text.charCodeAt(at) >= 0x20) {
      if (text[at] !== '\\') at++
      else if (!skip(escaped)) return false
    }
    if (text[at] !== '"') return false
    at++
    return true
  }
  const skipKey = (): boolean => skipString() && skipCharacter(':')

  for (;;) {
    // a value
    if (skipCharacter('{')) {
      closing.push('}')
      if (!skipCharacter('}')) {
        if (!skipKey()) return at
        continue
      }
      closing.pop()
    } else if (skipCharacter('[')) {
      closing.push(']')
      if (!skipCharacter(']')) continue
      closing.pop()
    } else if (text[at] === '"' ? !skipString() : !skip(scalar)) {
      return at
    }
    // what may follow it
    for (let end = closing.at(-1); ; end = closing.at(-1)) {
      if (end === undefined) {
        skip(space)
        return at
      }
      if (skipCharacter(end)) {
        closing.pop()
        continue
      }
      if (!skipCharacter(',') || (end === '}' && !skipKey())) return at
      break
    }
  }
}
