import { afterEach, describe, expect, it, vi } from 'vitest'
import { readOptions } from '../../../examples/server/options.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

/** The exit code, and what is written to one of the two outputs. */
function ending(flags: readonly string[], stream: 'stdout' | 'stderr'): { code: unknown; output: string } {
  let output = ''
  vi.spyOn(process[stream], 'write').mockImplementation((text) => {
    output += text
    return true
  })
  const exit = vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`exit ${code}`)
  })
  expect(() => readOptions(flags)).toThrow(/^exit/)
  return { code: exit.mock.calls[0]?.[0], output }
}

describe('the options of the server', () => {
  it.each([
    [['--port', 'x'], 'A port is 1 to 65535'],
    [['--port', '65536'], 'A port is 1 to 65535'],
    [['--host', '0.0.0.0'], '--token'],
    [['--once', '--only', 'red'], '--only'],
    [['--once', '--no-demo'], '--no-demo'],
    [['--stats-url', 'here'], 'An address looks like'],
    [['--proxy', 'haproxy'], 'Proxies are addresses and ranges'],
    [['--proxy', '10.0.0.0/33'], 'Proxies are addresses and ranges'],
    [['--proxy', '0.0.0.0/0'], 'Proxies are addresses and ranges'],
    [['--wrong'], 'unknown option'],
  ])('%j is wrong usage: exit code 2', (flags, message) => {
    expect(ending(flags, 'stderr')).toEqual({ code: 2, output: expect.stringContaining(message) })
  })

  it('--help shows the flags and their variables: exit code 0', () => {
    const { code, output } = ending(['--help'], 'stdout')
    expect(code).toBe(0)
    expect(output).toContain('--red-port')
    expect(output).toContain('RUDDLE_PORT')
  })

  it('may listen for other machines if they have to send a token', () => {
    expect(readOptions(['--host', '0.0.0.0', '--token', 'secret'])).toMatchObject({
      host: '0.0.0.0',
      statsUrl: 'http://127.0.0.1:4000',
      redUrl: 'http://127.0.0.1:4001',
    })
  })

  it('come from the environment too, and flags win', () => {
    vi.stubEnv('RUDDLE_PORT', '4100')
    vi.stubEnv('RUDDLE_DATA', 'elsewhere')
    expect(readOptions(['--data', 'here'])).toMatchObject({ port: 4100, data: 'here', log: 'here/server.log' })
    vi.unstubAllEnvs()
  })

  it('believe no proxy unless it is named, by address or range', () => {
    expect(readOptions([]).proxy).toBeUndefined()
    expect(readOptions(['--proxy', '127.0.0.1, 2001:db8::/32']).proxy).toEqual(['127.0.0.1', '2001:db8::/32'])
    vi.stubEnv('RUDDLE_PROXY', '10.0.0.0/8')
    expect(readOptions([]).proxy).toEqual(['10.0.0.0/8'])
    vi.unstubAllEnvs()
  })
})
