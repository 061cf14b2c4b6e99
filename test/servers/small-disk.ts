import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder on a disk of its own, which only the commands started through it see. */
export interface SmallDisk {
  readonly folder: string
  /** The same command, where it sees the disk: a program and its arguments. */
  on(program: string, args: readonly string[]): readonly [program: string, args: readonly string[]]
  /** Nothing more fits on it. */
  fill(): Promise<void>
  /** Gives back the space that {@link SmallDisk.fill} took. */
  free(): Promise<void>
  /** Everything but that. */
  empty(): Promise<void>
  close(): Promise<void>
}

const namespace = ['--user', '--map-root-user', '--mount', '--propagation', 'private', 'sh', '-c']
const mount = (size: string) => `mount -t tmpfs -o size=${size} tmpfs "$0"`

/** Whether this machine lets us make one. Some containers forbid it; with RUDDLE_REQUIRE_SERVERS=1 that is an error. */
export const canMakeDisks: boolean = spawnSync('unshare', [...namespace, mount('1m'), tmpdir()]).status === 0
if (!canMakeDisks) {
  const message = 'no disk of our own can be made: unshare (Debian package util-linux) is missing or forbidden'
  if (process.env['RUDDLE_REQUIRE_SERVERS'] === '1') throw new Error(message)
  console.warn(`skipped, ${message}`)
}

/** @param size Such as `64m`. */
export async function startSmallDisk(size: string): Promise<SmallDisk> {
  const folder = await mkdtemp(join(tmpdir(), 'ruddle-disk-'))
  // The disk is there as long as this process.
  const holder = spawn('unshare', [...namespace, `${mount(size)} && echo made && exec sleep infinity`, folder])
  await Promise.race([
    once(holder.stdout, 'data'),
    once(holder, 'exit').then(() => Promise.reject(new Error('No disk can be made here'))),
  ])
  const on: SmallDisk['on'] = (program, args) => [
    'nsenter',
    [
      '--target',
      String(holder.pid),
      '--user',
      '--mount',
      '--preserve-credentials',
      `--wd=${process.cwd()}`,
      program,
      ...args,
    ],
  ]
  const shell = async (script: string) => {
    const [program, args] = on('sh', ['-c', script, folder])
    await once(spawn(program, args, { stdio: 'ignore' }), 'exit')
  }
  return {
    folder,
    on,
    fill: () => shell('cat /dev/zero > "$0/ballast"'),
    free: () => shell('rm -f "$0/ballast"'),
    empty: () => shell('find "$0" -mindepth 1 -not -name ballast -delete'),
    close: async () => {
      const ended = once(holder, 'exit')
      holder.kill('SIGKILL')
      await ended
      await rmdir(folder)
    },
  }
}
