// npm run bench -- alerts [--soak]: matching and fan-out of alerts.
import { fanOut } from './alerts/fan-out.ts'
import { matching } from './alerts/matching.ts'
import { replay } from './alerts/replay.ts'
import { soak } from './alerts/soak.ts'
import { stalled } from './alerts/stalled.ts'

export default async function alerts(flags: string[]): Promise<string> {
  if (flags.includes('--soak')) return soak()
  const sections = []
  for (const part of [matching, fanOut, stalled, replay]) {
    console.error(`${part.name} …`)
    sections.push(await part())
  }
  return sections.join('\n\n')
}
