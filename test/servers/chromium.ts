import { type Browser, chromium } from 'playwright-core'
import { findProgram } from './find-program.ts'

/** Debian's Chromium, or undefined where it is not installed. */
export const chromiumPath: string | undefined = findProgram('chromium', 'chromium')

/** A headless browser of its own; who launches it closes it. */
export async function launchChromium(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error('Chromium is not installed')
  return chromium.launch({ executablePath: chromiumPath })
}
