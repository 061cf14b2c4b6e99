import { SingleBar } from 'cli-progress'
import pc from 'picocolors'
import type { ImageSource, RedRatioOutcome } from '../red-ratio/image.ts'

/** What the command shows: ratios on stdout; failures, and for many images a bar, on stderr. */
export interface RedDisplay {
  outcome(outcome: RedRatioOutcome): void
  end(): void
}

export function redDisplay({ json, total }: { readonly json: boolean; readonly total: number }): RedDisplay {
  const bar = total > 1 && process.stderr.isTTY ? newBar(total) : undefined
  return {
    outcome(outcome) {
      if (bar !== undefined) process.stderr.write('\r\x1b[K')
      if (json) process.stdout.write(`${JSON.stringify(asRecord(outcome))}\n`)
      else if (outcome.error === undefined) process.stdout.write(`${asLine(outcome)}\n`)
      if (outcome.error !== undefined && !json) {
        const { code, message } = outcome.error
        process.stderr.write(`${pc.red('failed')}  ${nameOf(outcome.image)}: ${code} ${printable(message)}\n`)
      }
      bar?.increment()
    },
    end() {
      bar?.stop()
    },
  }
}

function newBar(total: number): SingleBar {
  const bar = new SingleBar({
    stream: process.stderr,
    format: '{bar} {value}/{total}, {eta_formatted} left',
    clearOnComplete: true,
    forceRedraw: true,
    hideCursor: true,
  })
  bar.start(total, 0)
  return bar
}

function asLine({ image, details }: Extract<RedRatioOutcome, { error?: never }>): string {
  return `${details.ratio.toFixed(4)}  ${nameOf(image)}`
}

function asRecord({ image, details, error }: RedRatioOutcome): object {
  const name = typeof image === 'string' ? image : '-'
  if (error !== undefined) return { image: name, error: { code: error.code, message: error.message } }
  const { ratio, redWeight, weight, pixels, definition } = details
  return { image: name, red: ratio, red_weight: redWeight, weight, pixels, definition }
}

function nameOf(image: ImageSource): string {
  return typeof image === 'string' ? printable(image) : '-'
}

/** A name of a file may hold what moves the cursor or changes the colours of a terminal. */
function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (char) => `\\u${char.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  )
}
