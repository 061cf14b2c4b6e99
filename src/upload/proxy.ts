type Environment = Readonly<Record<string, string | undefined>>

/**
 * The proxy that the environment names for a URL, by the rules curl made usual: `http_proxy`, `HTTPS_PROXY` or
 * `https_proxy`, `ALL_PROXY`, and `NO_PROXY` with names, suffixes, ports and `*`. The lower-case name wins.
 *
 * @returns the proxy with its scheme (`http://` where none is given), or undefined for none
 *
 * @example
 * ```ts
 * import { proxyFor } from 'ruddle/upload'
 *
 * const env = { https_proxy: 'proxy.example:3128', no_proxy: 'localhost,.example.org' }
 * proxyFor(new URL('https://red.example.com/images'), env) // => 'http://proxy.example:3128'
 * proxyFor(new URL('https://red.example.org/images'), env) // => undefined
 * ```
 */
export function proxyFor(url: URL, env: Environment): string | undefined {
  const read = (name: string): string | undefined => env[name] || env[name.toUpperCase()] || undefined
  if (isExcepted(url, read('no_proxy') ?? '')) return undefined
  // In a CGI program HTTP_PROXY is what the client sent as the header field `Proxy`.
  const forScheme =
    url.protocol === 'https:'
      ? read('https_proxy')
      : env['http_proxy'] || (env['REQUEST_METHOD'] ? undefined : env['HTTP_PROXY'])
  const proxy = forScheme || read('all_proxy')
  if (proxy === undefined) return undefined
  return proxy.includes('://') ? proxy : `http://${proxy}`
}

function isExcepted({ hostname, port, protocol }: URL, list: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const actualPort = port || (protocol === 'https:' ? '443' : '80')
  return list.split(/[\s,]+/).some((rule) => {
    if (rule === '*') return true
    const [, name = '', onlyPort] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(isBareV6(rule) ? `[${rule}]` : rule) ?? []
    if (name === '' || (onlyPort !== undefined && onlyPort !== actualPort)) return false
    const suffix = name.toLowerCase().replace(/^\*?\.?/, '')
    return host === suffix || host.endsWith(`.${suffix}`)
  })
}

function isBareV6(rule: string): boolean {
  return !rule.startsWith('[') && rule.split(':').length > 2
}
