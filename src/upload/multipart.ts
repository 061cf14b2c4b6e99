import FormData from 'form-data'

/** What stands around the bytes of a file in the body of a request. */
export interface Frame {
  readonly contentType: string
  readonly before: Buffer
  readonly after: Buffer
}

/**
 * The multipart/form-data framing (RFC 7578) of one file, made by form-data.
 *
 * The file's part is given to form-data empty and its bytes are sent between the two halves. Streaming through
 * form-data itself hangs for ever when a file is gone or shorter than announced, keeps the file open when the request
 * is given up, and takes three writes a file where one will do.
 */
export function frame(field: string, fields: Readonly<Record<string, string>>, name: string, type: string): Frame {
  const form = new FormData()
  for (const [key, value] of Object.entries(fields)) form.append(key, value)
  form.append(field, Buffer.alloc(0), { filename: escapeControls(name), contentType: type })
  const whole = form.getBuffer()
  const split = whole.length - `\r\n--${form.getBoundary()}--\r\n`.length
  return {
    contentType: `multipart/form-data; boundary=${form.getBoundary()}`,
    before: whole.subarray(0, split),
    after: whole.subarray(split),
  }
}

/**
 * form-data escapes quote, CR and LF as the WHATWG's standard says. Other control characters are escaped the same way:
 * the standard would send them raw, and busboy refuses such a header.
 */
function escapeControls(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return name.replace(/[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]/g, (char) => {
    return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
  })
}
