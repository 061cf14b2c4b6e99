import { SingleBar } from 'cli-progress'
import type { ImageSource, RedRatioOutcome } from '../red-ratio/image.ts'
import { colorsFor } from './colors.ts'

/**
 * What the command shows: ratios on stdout, failures on stderr. Where the ratios do not go to the terminal, many images
 * get a bar there; failures then wait for its end, since it could not be drawn over them.
 */
export interface RedDisplay {
  outcome(outcome: RedRatioOutcome): void
  end(): void
}

export function redDisplay({ json, total }: { readonly json: boolean; readonly total: number }): RedDisplay {
  const bar = total > 1 && process.stderr.isTTY && !process.stdout.isTTY ? newBar(total) : undefined
  const waiting: string[] = []
  return {
    outcome(outcome) {
      if (json) process.stdout.write(`${JSON.stringify(asRecord(outcome))}\n`)
      else if (outcome.error === undefined) process.stdout.write(`${asLine(outcome)}\n`)
      else if (bar === undefined) process.stderr.write(`${asFailure(outcome)}\n`)
      else waiting.push(`${asFailure(outcome)}\n`)
      bar?.increment()
    },
    end() {
      bar?.stop()
      process.stderr.write(waiting.join(''))
    },
  }
}

function newBar(total: number): SingleBar {
  const bar = new SingleBar({
    stream: process.stderr,
    format: '{bar} {value}/{total}, {eta_formatted} left',
    clearOnComplete: true,
    hideCursor: true,
  })
  bar.start(total, 0)
  return bar
}

function asLine({ image, details }: Extract<RedRatioOutcome, { error?: never }>): string {
  return `${details.ratio.toFixed(4)}  ${nameOf(image)}`
}

function asFailure({ image, error }: Extract<RedRatioOutcome, { details?: never }>): string {
  return `${colorsFor(process.stderr).red('failed')}  ${nameOf(image)}: ${error.code} ${printable(error.message)}`
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
