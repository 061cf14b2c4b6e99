// npm run bench -- upload: whole processes against a receiver in another process, all in one run, round after round.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, ftruncateSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { median, table } from './measure.ts'

const here = new URL('upload/', import.meta.url).pathname
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0])
const CLIENTS = ['ruddle', 'yardstick', 'curl'] as const
type Client = (typeof CLIENTS)[number]

interface Receiver {
  readonly url: string
  count(): Promise<{ requests: number; bad: number }>
  stop(): void
}

interface Load {
  readonly folder: string
  readonly files: number
}

export default async function bench(): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'ruddle-bench-upload-'))
  try {
    const small = folderOf(root, 'small', 2_000, 20_000)
    const many = folderOf(root, 'many', 12_000, 20_000)
    const large = folderOf(root, 'large', 30, 20_000_000)
    const [first, second, third] = [
      await compared(small, 'drain', 9),
      await compared(many, 'drain', 5),
      await compared(large, 'drain', 7),
    ]
    const memory = await memoryRows(root, [small, many, large])
    const worst = Math.max(...memory.filter(([what]) => !what.startsWith('12,000')).map(([, mebibytes]) => mebibytes))
    const bars = table(
      ['work', 'measured', 'must', 'goal', ''],
      [
        bar('2,000 files of 20 KB, times faster than the yardstick', first.yardstick / first.ruddle, 1.7, 2.5),
        bar('12,000 files of 20 KB, times faster than the yardstick', second.yardstick / second.ruddle, 2.2, 3),
        bar('30 files of 20 MB, times faster than the yardstick', third.yardstick / third.ruddle, 1.3, 1.6),
        bar('wall time / curl -Z, 12,000 files of 20 KB', second.ruddle / second.curl, 1.3, 0.9),
        bar('peak memory above an idle Node, MiB, any file size, fast or slow receiver', worst, 32, 20),
      ],
    )
    const busy: [string, Record<Client, number>][] = [
      ['2,000 × 20 KB, drained', first],
      ['12,000 × 20 KB, drained', second],
      ['30 × 20 MB, drained', third],
      ['2,000 × 20 KB, busboy', await compared(small, 'busboy', 5)],
      ['12,000 × 20 KB, busboy', await compared(many, 'busboy', 3)],
      ['30 × 20 MB, busboy', await compared(large, 'busboy', 5)],
    ]
    const times = table(
      ['ms, whole process', ...CLIENTS, 'faster than the yardstick', '/ curl'],
      busy.map(([what, time]) => [
        what,
        ...CLIENTS.map((client) => Math.round(time[client])),
        (time.yardstick / time.ruddle).toFixed(2),
        (time.ruddle / time.curl).toFixed(2),
      ]),
    )
    const rows = memory.map(([what, mebibytes]) => [what, mebibytes.toFixed(1)])
    return [
      bars,
      'Whole processes, the start of Node included; medians of rounds in which the three took turns. The yardstick is form-data with `fs.createReadStream` and `http.request` in 8 lanes; curl is `curl -Z --parallel-max 8`. The receiver is a process of its own that drains, or takes the form apart with busboy.',
      times,
      table(['peak memory above an idle Node', 'MiB'], rows),
      'With the number of files only the young part of V8’s heap grows, up to twice 16 MiB, as in every long run of Node; the worst of the other rows is what the bar is about.',
    ].join('\n\n')
  } finally {
    rmSync(root, { recursive: true })
  }
}

function bar(what: string, value: number, must: number, goal: number): (string | number)[] {
  const meets = (limit: number): boolean => (goal > must ? value >= limit : value <= limit)
  return [what, value.toFixed(2), must, goal, meets(goal) ? 'goal met' : meets(must) ? 'must met' : 'missed']
}

function folderOf(root: string, name: string, files: number, size: number): Load {
  const folder = join(root, name)
  execFileSync('mkdir', [folder])
  const bytes = Buffer.concat([JPEG, randomBytes(size - JPEG.length)])
  for (let file = 0; file < files; file++) writeFileSync(join(folder, `${file}.jpg`), bytes)
  return { folder, files }
}

/** Median wall time of each client in milliseconds; every run is checked to have delivered every file. */
async function compared({ folder, files }: Load, kind: string, rounds: number): Promise<Record<Client, number>> {
  const receiver = await startReceiver(kind)
  const times: Record<Client, number[]> = { ruddle: [], yardstick: [], curl: [] }
  const config = `${folder}.curl`
  const requests = readdirSync(folder).map(
    (name) => `url=${receiver.url}\nform="image=@${folder}/${name};type=image/jpeg"\noutput=/dev/null`,
  )
  writeFileSync(config, requests.join('\nnext\n'))
  const commands: Record<Client, [string, string[]]> = {
    ruddle: [process.execPath, [join(here, 'client.mjs'), folder, receiver.url]],
    yardstick: [process.execPath, [join(here, 'yardstick.mjs'), folder, receiver.url]],
    curl: ['curl', ['-s', '-Z', '--parallel-max', '8', '-K', config]],
  }
  try {
    for (let round = -1; round < rounds; round++) {
      for (const client of CLIENTS) {
        const start = performance.now()
        await finished(spawn(...commands[client], { stdio: 'ignore' }))
        if (round >= 0) times[client].push(performance.now() - start)
        const { requests, bad } = await receiver.count()
        if (requests !== files || bad !== 0) throw new Error(`${client} delivered ${requests} of ${files}, ${bad} bad`)
      }
    }
  } finally {
    receiver.stop()
  }
  return { ruddle: median(times.ruddle), yardstick: median(times.yardstick), curl: median(times.curl) }
}

/** Peak memory of the upload above that of an idle process. */
async function memoryRows(root: string, [small, many, large]: Load[]): Promise<[string, number][]> {
  const sparse = join(root, 'sparse')
  execFileSync('mkdir', [sparse])
  const fd = openSync(join(sparse, 'sparse.jpg'), 'w')
  writeSync(fd, JPEG)
  ftruncateSync(fd, 2 ** 32)
  closeSync(fd)
  const slowly = folderOf(root, 'slowly', 8, 10_000_000)
  const idle = Math.min(...(await Promise.all([1, 2, 3].map(() => peakOf(['idle.mjs'])))))
  const above = async (load: Load | undefined, ...receiver: string[]): Promise<number> => {
    const { url, stop } = await startReceiver(...receiver)
    try {
      return (await peakOf(['client.mjs', load?.folder ?? '', url])) - idle
    } finally {
      stop()
    }
  }
  return [
    ['2,000 × 20 KB', await above(small, 'drain')],
    ['12,000 × 20 KB', await above(many, 'drain')],
    ['30 × 20 MB', await above(large, 'drain')],
    ['one sparse file of 4 GiB', await above({ folder: sparse, files: 1 }, 'drain')],
    ['8 × 10 MB to a slow receiver', await above(slowly, 'drain', '10')],
  ]
}

async function peakOf([script = '', ...args]: string[]): Promise<number> {
  const child = spawn(process.execPath, [join(here, script), ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (text) => {
    output += text
  })
  await finished(child)
  return (JSON.parse(output) as { peakMiB: number }).peakMiB
}

async function finished(child: ChildProcess): Promise<void> {
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`${child.spawnargs.join(' ')} ended with ${code}`)
}

async function startReceiver(...args: string[]): Promise<Receiver> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(here, 'receiver.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [port] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const origin = `http://127.0.0.1:${port}`
  return {
    url: `${origin}/images`,
    count: async () => (await (await fetch(`${origin}/count`)).json()) as { requests: number; bad: number },
    stop: () => void child.kill(),
  }
}
