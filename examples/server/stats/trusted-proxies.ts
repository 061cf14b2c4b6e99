import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, isIPv6 } from 'node:net'

/** The proxies whose `X-Forwarded-For` is believed. */
export interface TrustedProxies {
  trusts(address: string): boolean
  /** Who asks: the peer, or the address that trusted proxies say they were asked from. */
  clientOf(request: IncomingMessage): string
}

/** @param ranges Addresses, and ranges such as `10.0.0.0/8`; others are a RangeError. */
export function trustedProxies(ranges: readonly string[]): TrustedProxies {
  const trusted = new BlockList()
  for (const range of ranges) add(trusted, range)

  function trusts(address: string): boolean {
    return isIP(address) !== 0 && trusted.check(address, familyOf(address))
  }

  function clientOf({ socket, headers }: IncomingMessage): string {
    let client = socket.remoteAddress ?? ''
    // Each proxy adds at the end whom it was asked by; what stands before the first stranger is only what they claim.
    const forwarded = String(headers['x-forwarded-for'] ?? '').split(',')
    while (trusts(client)) {
      const before = forwarded.pop()?.trim() ?? ''
      if (isIP(before) === 0) break
      client = before
    }
    return client
  }

  return { trusts, clientOf }
}

function add(list: BlockList, range: string): void {
  const [address = '', bits, ...rest] = range.split('/')
  const most = isIPv6(address) ? 128 : 32
  const isPrefix = bits === undefined || (/^\d+$/.test(bits) && Number(bits) >= 1 && Number(bits) <= most)
  if (isIP(address) === 0 || !isPrefix || rest.length > 0) {
    throw new RangeError(`Expected an address or a range such as 10.0.0.0/8, got \`${range}\``)
  }
  if (bits === undefined) list.addAddress(address, familyOf(address))
  else list.addSubnet(address, Number(bits), familyOf(address))
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4'
}
