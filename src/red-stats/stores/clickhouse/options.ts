interface Common {
  /** Database of the tables; made if it is missing. Default `default`. */
  readonly database?: string
  /** Limit of a query or an insert in milliseconds. Default 30,000. */
  readonly timeoutMs?: number
  /** Clock in milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number
}

/** The embedded database, in this process. */
export interface ClickHouseFolder extends Common {
  /** Folder of the database; made if it is missing. One process at a time. */
  readonly path: string
}

/** A server or a cluster, over HTTP. */
export interface ClickHouseServer extends Common {
  /** Such as `http://localhost:8123`. */
  readonly url: string
  /** Default `default`. */
  readonly username?: string
  /** Default none. */
  readonly password?: string
  /** Name of a cluster: the tables are replicated and sharded by image id, and inserts wait for a quorum. */
  readonly cluster?: string
}

export type ClickHouseStoreOptions = ClickHouseFolder | ClickHouseServer

const names = ['path', 'url', 'username', 'password', 'database', 'cluster', 'timeoutMs', 'now']
const identifier = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/

type Parsed = Required<Common> & {
  readonly username: string
  readonly password: string
  readonly cluster: string | undefined
} & ({ readonly path: string; readonly url: undefined } | { readonly path: undefined; readonly url: string })

export function parseOptions(options: ClickHouseStoreOptions): Parsed {
  const given: Partial<ClickHouseFolder & ClickHouseServer> = options
  const { path, url, username = 'default', password = '', database = 'default', cluster } = given
  const { timeoutMs = 30_000, now = Date.now } = given
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) throw new TypeError(`Unknown option \`${name}\` of clickHouseStore`)
  }
  for (const [name, value] of Object.entries({ database, cluster })) {
    if (value !== undefined && !identifier.test(value)) {
      throw new TypeError(`Expected \`${name}\` to be a name of letters, digits and _, got ${JSON.stringify(value)}`)
    }
  }
  if (!(timeoutMs > 0)) throw new RangeError(`Expected \`timeoutMs\` to be above 0, got ${timeoutMs}`)
  const shared = { username, password, database, cluster, timeoutMs, now }
  if (url === undefined && typeof path === 'string' && path !== '') {
    if (cluster !== undefined) throw new TypeError('Expected `cluster` together with `url`, not with `path`')
    return { ...shared, path, url }
  }
  if (path !== undefined || typeof url !== 'string' || !/^https?:$/.test(protocolOf(url))) {
    throw new TypeError('Expected either `path` to be the path of a folder or `url` to be an http or https URL')
  }
  return { ...shared, path, url }
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : ''
}
