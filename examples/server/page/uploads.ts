import type { State } from './state.ts'
import { sendPicture, type Upload } from './upload.ts'

const atOnce = 3

export interface Uploads {
  add(files: Iterable<File>): void
  /** Sends again what failed, with the same key. */
  retry(key: string): void
  /** Forgets what is done or has failed. */
  clear(): void
  /** Gives the token that RED wants, and sends again what it refused. */
  authorize(token: string): void
}

/** Keeps `uploads`: a queue of pictures of which a few are sent at a time. */
export function createUploads(state: State, redUrl: string): Uploads {
  let token: string | undefined

  function update(key: string, part: Partial<Upload>): void {
    state.change({
      uploads: state.now.uploads.map((upload) => (upload.key === key ? { ...upload, ...part } : upload)),
    })
  }

  function sendNext(): void {
    const { uploads } = state.now
    const free = atOnce - uploads.filter(({ status }) => status === 'sending' || status === 'measuring').length
    for (const upload of uploads.filter(({ status }) => status === 'waiting').slice(0, free)) void send(upload)
  }

  async function send(upload: Upload): Promise<void> {
    update(upload.key, { status: 'sending', progress: 0 })
    const { unauthorized, ...outcome } = await sendPicture(redUrl, upload, token, (part) => update(upload.key, part))
    update(upload.key, outcome)
    if (unauthorized) state.change({ tokenWanted: true })
    sendNext()
  }

  function retryAll(keys: readonly string[]): void {
    for (const key of keys) update(key, { status: 'waiting', progress: 0 })
    sendNext()
  }

  return {
    add: (files) => {
      const added = [...files].map((file): Upload => ({ key: newKey(), file, status: 'waiting', progress: 0 }))
      state.change({ uploads: [...state.now.uploads, ...added] })
      sendNext()
    },
    retry: (key) => retryAll([key]),
    clear: () =>
      state.change({ uploads: state.now.uploads.filter(({ status }) => status !== 'done' && status !== 'failed') }),
    authorize: (given) => {
      token = given
      state.change({ tokenWanted: false })
      retryAll(state.now.uploads.filter(({ status }) => status === 'failed').map(({ key }) => key))
    },
  }
}

/** Not `crypto.randomUUID`, which a page without TLS has only on the own machine. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
