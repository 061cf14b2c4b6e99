// An upload in a process of its own, to be killed: node --import tsx one-upload.ts FOLDER URL JOURNAL
import { uploadFolder } from '../../src/upload/index.ts'

const [, , folder = '', url = '', journal = ''] = process.argv
const upload = uploadFolder(folder, { url, journal, concurrency: 4 })
let first = true
upload.on('start', () => {
  if (first) console.log('started')
  first = false
})
const { failed } = await upload
process.exitCode = failed === 0 ? 0 : 1
