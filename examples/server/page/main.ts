import './style.css'
import { keepAddress, readAddress } from './address.ts'
import { followAlerts } from './alerts.ts'
import { keepAsking } from './answers.ts'
import { readConfig } from './api.ts'
import { createState } from './state.ts'
import { createUploads } from './uploads.ts'
import { showConnection } from './views/connection.ts'
import { showCounts } from './views/counts.ts'
import { showDistribution } from './views/distribution.ts'
import { showPeriod } from './views/period.ts'
import { showOpenedPicture, showPictures } from './views/pictures.ts'
import { showTheme } from './views/theme.ts'
import { showTimeChart } from './views/time-chart.ts'
import { showUploads } from './views/uploads.ts'
import { showZoom } from './views/zoom.ts'

// Sources on one side, views on the other; all they share is the state.
const state = createState({
  ...readAddress({ threshold: 0.3, period: { lastMs: 3_600_000 } }),
  zoom: undefined,
  onlyAbove: false,
  answers: undefined,
  problem: undefined,
  connection: 'connecting',
  refusal: undefined,
  gapAt: undefined,
  alerts: [],
  alertCount: 0,
  uploads: [],
  tokenWanted: false,
  opened: undefined,
  dark: false,
})

showTheme(state)
showPeriod(state)
showCounts(state)
showTimeChart(state)
showZoom(state)
showDistribution(state)
keepAddress(state)
keepAsking(state)
showConnection(state, followAlerts(state))

const { redUrl } = await readConfig()
showPictures(state, redUrl)
showOpenedPicture(state, redUrl)
showUploads(state, createUploads(state, redUrl), redUrl)
