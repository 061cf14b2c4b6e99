import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { jpeg, testFolder } from '../upload/folder.ts'
import { answers, type Receiver, receiver } from '../upload/receiver.ts'

const root = new URL('../../', import.meta.url).pathname

interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function start(args: readonly string[], env: Record<string, string> = {}): { child: ChildProcess; ran: Promise<Ran> } {
  const child = spawn(process.execPath, ['dist/cli/index.js', 'upload', ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'], NO_COLOR: '1', ...env },
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (text) => {
    output.stdout += text
  })
  child.stderr.on('data', (text) => {
    output.stderr += text
  })
  return { child, ran: once(child, 'close').then(([code]) => ({ code: code as number | null, ...output })) }
}

const run = (args: readonly string[], env?: Record<string, string>): Promise<Ran> => start(args, env).ran

const FILES = {
  'a.jpg': jpeg(1000, 1),
  'sub/b.png.jpg': jpeg(2000, 2),
  'c.jpg': jpeg(3000, 3),
  'note.txt': Buffer.from('x'),
}

describe.concurrent('ruddle upload', () => {
  it('uploads a folder, says what it did and exits with 0', async () => {
    using folder = testFolder(FILES)
    await using server = await receiver()
    const { code, stdout, stderr } = await run([folder.path, '--to', new URL(server.url).origin])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^3 uploaded, 0 failed, 1 skipped \(1 not-an-image\); 6\.0 kB in \d+\.\d s, /)
    expect(server.received.map(({ name }) => name).sort()).toEqual(['a.jpg', 'b.png.jpg', 'c.jpg'])
  })

  it('writes results as JSON, one a line, the summary last', async () => {
    using folder = testFolder(FILES)
    await using server = await receiver()
    const { code, stdout } = await run([folder.path, '--to', server.url, '--json', '-j', '1'])
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(code).toBe(0)
    expect(lines.length).toBe(5)
    expect(lines.find(({ relativePath }) => relativePath === 'a.jpg')).toMatchObject({
      status: 'uploaded',
      size: 1000,
      contentType: 'image/jpeg',
      response: { status: 201, body: '{"id":"abc"}' },
    })
    expect(lines.at(-1)).toMatchObject({ summary: { uploaded: 3, skipped: 1 } })
  })

  it('passes its options on', async () => {
    using folder = testFolder({ ...FILES, '.hidden.jpg': jpeg(500, 4), 'large.jpg': jpeg(9000, 5) })
    const secrets = folder.write('secrets', Buffer.from('# comment\nX-Token: geheim\n\nX-Other: 2\n'))
    await using server = await receiver()
    const args = [folder.path, '--to', server.url, '-F', 'photo', '-H', 'X-A: b: c', '--header-file', secrets]
    const filters = ['--no-recursive', '--include', '*.jpg', '--exclude', 'c.*', '--hidden', '--max-size', '5000', '-v']
    const { code, stdout } = await run([...args, ...filters])
    expect(code).toBe(0)
    expect(server.received.map(({ name }) => name).sort()).toEqual(['.hidden.jpg', 'a.jpg'])
    expect(stdout).toContain('skipped large.jpg (too-large)')
    const { head = '' } = server.requests[0] ?? {}
    expect(head).toContain('X-A: b: c\r\n')
    expect(head).toContain('X-Token: geheim\r\n')
  })

  it('only says what it would send in a dry run', async () => {
    using folder = testFolder(FILES)
    await using server = await receiver()
    const { code, stdout } = await run([folder.path, '--to', server.url, '--dry-run', '--error-on-empty'])
    expect(code).toBe(0)
    expect(stdout).toContain('would upload a.jpg (1000 bytes)')
    expect(server.connections).toBe(0)
  })

  it('goes on where a journal ends', async () => {
    using folder = testFolder(FILES)
    using elsewhere = testFolder()
    await using server = await receiver()
    const args = [folder.path, '--to', server.url, '--journal', join(elsewhere.path, 'j'), '--error-on-empty']
    expect((await run(args)).stdout).toContain('3 uploaded')
    const again = await run(args)
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('3 journal') })
    expect(readFileSync(join(elsewhere.path, 'j'), 'utf8').split('\n').length).toBe(1 + 3 + 3 + 1)
  })

  it('exits with 1 when some failed, and names them with the reason', async () => {
    using folder = testFolder(FILES)
    await using server = await receiver({
      fault: ({ name }) => (name === 'a.jpg' ? answers(415, {}, 'no\x1b[31m') : undefined),
    })
    const { code, stdout, stderr } = await run([folder.path, '--to', server.url])
    expect(code).toBe(1)
    expect(stderr).toBe('failed a.jpg: HTTP_415 The server answered 415: no\\x1b[31m\n')
    expect(stdout).toContain('2 uploaded, 1 failed')
  })

  it.for<[string, (folder: string, url: string) => string[], RegExp]>([
    ['no URL', (folder) => [folder], /required option '--to <url>'/],
    ['nonsense for a URL', (folder) => [folder, '--to', 'x'], /Expected a URL/],
    ['another protocol', (folder) => [folder, '--to', 'ftp://x'], /Expected `url` to be an http or https URL/],
    ['an unknown option', (folder, url) => [folder, '--to', url, '--nope'], /unknown option '--nope'/],
    ['a count of none', (folder, url) => [folder, '--to', url, '-j', '0'], /Expected a whole number from 1/],
    ['too many lanes', (folder, url) => [folder, '--to', url, '-j', '999'], /Expected `concurrency`/],
    ['a header without a name', (folder, url) => [folder, '--to', url, '-H', 'x'], /Expected 'Name: value'/],
    ['a header file that is not there', (folder, url) => [folder, '--to', url, '--header-file', '/nope'], /ENOENT/],
    ['certificates that are not there', (folder, url) => [folder, '--to', url, '--cacert', '/nope'], /ENOENT/],
    [
      'a journal that is none',
      (folder, url) => [folder, '--to', url, '--journal', join(folder, 'a.jpg')],
      /Expected a journal/,
    ],
  ])('exits with 2 for %s', async ([, args, message]) => {
    using folder = testFolder(FILES)
    const { code, stderr } = await run(args(folder.path, 'http://127.0.0.1:1'))
    expect(stderr).toMatch(message)
    expect(code).toBe(2)
  })

  it('exits with 3 for a folder that is not there', async () => {
    expect(await run(['/no/such/folder', '--to', 'http://127.0.0.1:1'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('ENOENT'),
    })
  })

  it('exits with 4 when there is nothing to upload, if that is an error', async () => {
    using folder = testFolder({ 'note.txt': Buffer.from('x') })
    expect((await run([folder.path, '--to', 'http://127.0.0.1:1'])).code).toBe(0)
    expect((await run([folder.path, '--to', 'http://127.0.0.1:1', '--error-on-empty'])).code).toBe(4)
  })

  it('exits with 5 when all failed, and does not list what it did not try', async () => {
    using folder = testFolder(Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`${i}.jpg`, jpeg(100, i)])))
    const { code, stderr, stdout } = await run([folder.path, '--to', 'http://127.0.0.1:1', '--retries', '0'])
    expect(code).toBe(5)
    expect(stderr.split('\n').length).toBeLessThan(20)
    expect(stdout).toMatch(/0 uploaded, 40 failed, 0 skipped \(.*CIRCUIT_OPEN/)
  })

  it.for<[NodeJS.Signals, number]>([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('%s gives up what is in flight, says what was done and exits with %i', async ([signal, expected]) => {
    using folder = testFolder(FILES)
    const silent = { when: 'whole' as const, act: () => {} }
    await using server: Receiver = await receiver({ fault: ({ index }) => (index > 0 ? silent : undefined) })
    const { child, ran } = start([folder.path, '--to', server.url, '-j', '1'])
    while (server.requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
    child.kill(signal)
    const { code, stdout, stderr } = await ran
    expect(code).toBe(expected)
    expect(stdout).toContain('1 uploaded, 1 failed')
    expect(stderr).toContain('The upload was aborted')
  })

  it('goes through the proxy of the environment', async () => {
    using folder = testFolder({ 'a.jpg': jpeg(1000) })
    await using proxy = await receiver()
    const args = [folder.path, '--to', 'http://photos.example/in', '-q']
    expect(await run(args, { http_proxy: new URL(proxy.url).origin })).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(proxy.requests[0]?.head).toMatch(/^POST http:\/\/photos\.example\/in HTTP\/1\.1\r\n/)
  })

  it('shows a bar on a terminal', async () => {
    using folder = testFolder(FILES)
    await using server = await receiver()
    const command = `${process.execPath} dist/cli/index.js upload ${folder.path} --to ${server.url}`
    // script(1) gives the command a terminal of its own
    const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
    let shown = ''
    child.stdout.on('data', (text) => {
      shown += text
    })
    expect(await once(child, 'close')).toEqual([0, null])
    expect(shown).toMatch(/4\/4 files, 6\.0 kB, .*\/s/)
    expect(shown).toContain('3 uploaded, 0 failed, 1 skipped')
  })

  it('shows its exit codes in the help', async () => {
    expect(await run(['--help'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Exit codes: 0 all uploaded'),
    })
  })
})
