import type { Kernel } from './kernel.ts'

// The definitions without thresholds: each a sum of samples, weighted by alpha where there is one.

export function excessKernel(depth: 8 | 16, channels: 3 | 4): Kernel {
  const white = 2 ** depth - 1
  return (block) => {
    let red = 0
    let weight = 0
    for (let i = 0; i < block.length; i += channels) {
      const alpha = channels === 4 ? block[i + 3]! : 1
      const above = block[i]! - Math.max(block[i + 1]!, block[i + 2]!)
      if (above > 0) red += above * alpha
      weight += alpha
    }
    return { red, weight: weight * white }
  }
}

export function shareKernel(channels: 3 | 4): Kernel {
  return (block) => {
    let red = 0
    let weight = 0
    for (let i = 0; i < block.length; i += channels) {
      const alpha = channels === 4 ? block[i + 3]! : 1
      red += block[i]! * alpha
      weight += (block[i]! + block[i + 1]! + block[i + 2]!) * alpha
    }
    return { red, weight }
  }
}

export function meanKernel(depth: 8 | 16, channels: 3 | 4): Kernel {
  const white = 2 ** depth - 1
  return (block) => {
    let red = 0
    let weight = 0
    for (let i = 0; i < block.length; i += channels) {
      const alpha = channels === 4 ? block[i + 3]! : 1
      red += block[i]! * alpha
      weight += alpha
    }
    return { red, weight: weight * white }
  }
}
