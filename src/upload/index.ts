/**
 * Sends every image of a folder to a server, one streaming multipart POST a file, with retries and resume.
 *
 * `uploadFolder` is the whole of it. Files come from a folder or a `FileSource` and travel by a `Transport`
 * (`socketTransport`, or `httpTransport` for proxies). What became of each file is a `FileResult`, of all an
 * `UploadSummary`. The guide: [Upload a folder of pictures](../../docs/upload.md).
 *
 * @module
 * @primaryExport
 */
export { UploadError, type UploadErrorCode, type UploadPhase } from './errors.ts'
export type { FileEntry, FileSource, OpenFile, SkipReason } from './file-source.ts'
export { type HttpTransportOptions, httpTransport } from './http-transport.ts'
export { detectImageType } from './image-type.ts'
export type { Clock, HeaderFields, UploadOptions } from './options.ts'
export type { UploadProgress } from './progress.ts'
export { proxyFor } from './proxy.ts'
export type { FileFailure, FileResult, UploadSummary } from './result.ts'
export type { RetryOptions } from './retry.ts'
export { type SocketTransportOptions, socketTransport } from './socket-transport.ts'
export type { RequestBody, Timeouts, Transport, UploadRequest, UploadResponse } from './transport.ts'
export {
  type FileRetry,
  type FileStart,
  type Upload,
  type UploadEvents,
  uploadFile,
  uploadFolder,
} from './upload-folder.ts'
