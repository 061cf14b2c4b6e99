import { UploadError } from './errors.ts'
import type { HeaderFields } from './options.ts'
import type { Transport, UploadRequest, UploadResponse } from './transport.ts'

const MOST_HOPS = 5

/**
 * Sends a request and follows 307 and 308 with the whole body. 301 to 303 would turn the upload into a GET, so they
 * count as failures. The caller's own header fields go to the origin they were meant for; others get `forOthers`.
 */
export async function follow(
  transport: Transport,
  request: UploadRequest,
  forOthers: HeaderFields,
): Promise<UploadResponse> {
  let { url } = request
  let response = await transport.send(request)
  for (let hop = 0; response.status === 307 || response.status === 308; hop++) {
    if (hop >= MOST_HOPS) throw badRedirect(`more than ${MOST_HOPS} redirects in a row`)
    url = target(response, url)
    const headers = url.origin === request.url.origin ? request.headers : forOthers
    response = await transport.send({ ...request, url, headers })
  }
  return response
}

function target({ headers }: UploadResponse, base: URL): URL {
  const location = headers['location']
  if (location === undefined || !URL.canParse(location, base.href))
    throw badRedirect('a redirect without a usable location')
  const url = new URL(location, base)
  if (url.protocol !== 'https:' && url.protocol !== base.protocol) throw badRedirect(`a redirect to ${url.protocol}`)
  url.username = ''
  url.password = ''
  return url
}

function badRedirect(what: string): UploadError {
  return new UploadError('BAD_REDIRECT', `The server answered with ${what}`, { phase: 'answer' })
}
