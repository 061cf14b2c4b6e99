// A process that does nothing, for the memory that Node takes by itself.
import { reportPeak } from './peak.mjs'

reportPeak(0)
