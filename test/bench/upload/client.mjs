// The upload as a program would use it, from the built package: node client.mjs FOLDER URL
import { uploadFolder } from '../../../dist/upload/index.js'
import { reportPeak } from './peak.mjs'

const [, , folder, url] = process.argv
const { uploaded } = await uploadFolder(folder, { url })
reportPeak(uploaded)
