/** A picture on its way to RED. */
export interface Upload {
  /** Sent as Idempotency-Key: a second attempt is the same upload. */
  readonly key: string
  readonly file: File
  readonly status: 'waiting' | 'sending' | 'measuring' | 'done' | 'failed'
  /** Part of the bytes that have gone, from 0 to 1. */
  readonly progress: number
  /** How red it is, once that is known. */
  readonly red?: number
  /** Why it failed. */
  readonly error?: string
}

type Outcome = Pick<Upload, 'status' | 'progress' | 'red' | 'error'> & { readonly unauthorized?: boolean }

const timeoutMs = 120_000

/** Sends one picture; `onProgress` hears how far it is. Resolves also when it fails. */
export function sendPicture(
  redUrl: string,
  { key, file }: Upload,
  token: string | undefined,
  onProgress: (part: Pick<Upload, 'status' | 'progress'>) => void,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const failed = (error: string, unauthorized = false) =>
      resolve({ status: 'failed', progress: 0, error, unauthorized })
    // fetch does not tell how much of a body has gone.
    const request = new XMLHttpRequest()
    request.upload.onprogress = ({ loaded, total }) => onProgress({ status: 'sending', progress: loaded / total })
    request.upload.onload = () => onProgress({ status: 'measuring', progress: 1 })
    request.onerror = () => failed('RED is out of reach')
    request.ontimeout = () => failed('RED did not answer in time')
    request.onload = () => {
      if (request.status === 201) return resolve({ status: 'done', progress: 1, red: request.response.red })
      const message = request.response?.error?.message ?? `RED answered ${request.status}`
      failed(message, request.status === 401)
    }
    request.open('POST', `${redUrl}/images`)
    request.timeout = timeoutMs
    request.responseType = 'json'
    request.setRequestHeader('Idempotency-Key', key)
    request.setRequestHeader('X-Client-Id', 'dashboard')
    if (token !== undefined) request.setRequestHeader('Authorization', `Bearer ${token}`)
    const form = new FormData()
    form.append('image', file, file.name)
    request.send(form)
  })
}
