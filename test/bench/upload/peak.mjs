import { readFileSync } from 'node:fs'

/** Prints how many files were sent and the highest memory use of this process in MiB, as Linux has counted it. */
export function reportPeak(files) {
  // not resourceUsage().maxRSS: that begins with the memory of the process that started this one
  const kibibytes = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
  console.log(JSON.stringify({ files, peakMiB: kibibytes / 1024 }))
}
