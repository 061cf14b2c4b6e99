import { Command, InvalidArgumentError, Option } from 'commander'
import { trustedProxies } from './stats/trusted-proxies.ts'

export interface ServerOptions {
  readonly host: string
  /** RED_STATS and the page. */
  readonly port: number
  readonly redPort: number
  readonly data: string
  readonly token?: string
  /** Addresses and ranges of the proxies whose `X-Forwarded-For` RED_STATS believes. */
  readonly proxy?: readonly string[]
  readonly log: string
  readonly only?: 'red' | 'stats'
  /** Where RED sends its events. */
  readonly statsUrl: string
  /** Where the page finds the pictures. */
  readonly redUrl: string
  /** A ClickHouse that several instances share, instead of chDB in the data folder. */
  readonly storeUrl?: string
  /** What carries alerts between instances: Redis, else NATS, else PostgreSQL. */
  readonly redisUrl?: string
  readonly natsUrl?: string
  /** Also keeps who is subscribed. */
  readonly postgresUrl?: string
  readonly demo: boolean
  readonly once: boolean
}

/** Reads the command line and the environment; ends the process on wrong usage (exit code 2) and for --help. */
export function readOptions(argv: readonly string[]): ServerOptions {
  const command = new Command('npm start --')
    .description(
      'RED measures how red uploaded pictures are; RED_STATS counts them and alerts.\n' +
        'Starts both, uploads examples/images, prints alerts and counts, and goes on serving.',
    )
    .addOption(new Option('--host <address>', 'address to listen on').default('127.0.0.1').env('RUDDLE_HOST'))
    .addOption(
      new Option('--port <number>', 'port of RED_STATS and the page').argParser(port).default(4000).env('RUDDLE_PORT'),
    )
    .addOption(new Option('--red-port <number>', 'port of RED').argParser(port).default(4001).env('RUDDLE_RED_PORT'))
    .addOption(new Option('--data <folder>', 'folder of the data').default('.data').env('RUDDLE_DATA'))
    .addOption(new Option('--token <text>', 'required of everyone who writes').env('RUDDLE_TOKEN'))
    .addOption(
      new Option('--proxy <addresses>', 'proxies whose X-Forwarded-For is believed, such as 10.0.0.0/8,192.0.2.7')
        .argParser(proxies)
        .env('RUDDLE_PROXY'),
    )
    .addOption(
      new Option(
        '--log <file>',
        'where the log goes, - for standard output (default: server.log in the data folder)',
      ).env('RUDDLE_LOG'),
    )
    .addOption(new Option('--only <app>', 'start one of the two').choices(['red', 'stats']).env('RUDDLE_ONLY'))
    .addOption(new Option('--stats-url <url>', 'where RED finds RED_STATS').argParser(address).env('RUDDLE_STATS_URL'))
    .addOption(new Option('--red-url <url>', 'where the page finds RED').argParser(address).env('RUDDLE_RED_URL'))
    .addOption(
      new Option('--store-url <url>', 'a ClickHouse to share; with ?cluster=NAME a cluster')
        .argParser(address)
        .env('RUDDLE_STORE_URL'),
    )
    .addOption(new Option('--redis-url <url>', 'Redis between instances').argParser(address).env('RUDDLE_REDIS_URL'))
    .addOption(new Option('--nats-url <url>', 'NATS between instances').argParser(address).env('RUDDLE_NATS_URL'))
    .addOption(
      new Option('--postgres-url <url>', 'PostgreSQL: who is subscribed, and alerts where neither of the two is given')
        .argParser(address)
        .env('RUDDLE_POSTGRES_URL'),
    )
    .addOption(new Option('--no-demo', 'only serve'))
    .addOption(new Option('--once', 'run the demonstration, check the counts, and end'))
    .exitOverride()

  try {
    command.parse(argv, { from: 'user' })
    const options = command.opts<
      Partial<ServerOptions> & { host: string; port: number; redPort: number; data: string }
    >()
    if (!isLoopback(options.host) && options.token === undefined) {
      command.error(`error: --host ${options.host} lets other machines write: give a --token that they must send`)
    }
    if (options.once === true && (options.only !== undefined || options.demo === false)) {
      command.error('error: --once runs the demonstration, so it goes neither with --only nor with --no-demo')
    }
    return {
      ...options,
      log: options.log ?? `${options.data}/server.log`,
      statsUrl: options.statsUrl ?? `http://${urlHost(options.host)}:${options.port}`,
      redUrl: options.redUrl ?? `http://${urlHost(options.host)}:${options.redPort}`,
      demo: options.demo !== false && options.only === undefined,
      once: options.once === true,
    }
  } catch (error) {
    process.exit(error instanceof Error && 'exitCode' in error && error.exitCode === 0 ? 0 : 2)
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host)
}

/** An address to connect to: a server that listens everywhere is reached on this machine. */
function urlHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}

function port(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > 65_535) throw new InvalidArgumentError('A port is 1 to 65535.')
  return value
}

function proxies(text: string): string[] {
  const ranges = text.split(',').map((range) => range.trim())
  try {
    trustedProxies(ranges)
  } catch {
    throw new InvalidArgumentError('Proxies are addresses and ranges such as 10.0.0.0/8,192.0.2.7.')
  }
  return ranges
}

function address(text: string): string {
  if (!URL.canParse(text)) throw new InvalidArgumentError('An address looks like http://127.0.0.1:4000.')
  return text.replace(/\/$/, '')
}
