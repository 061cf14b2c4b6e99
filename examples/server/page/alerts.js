/** Alerts over a WebSocket that is opened again when it is lost; `watch` changes the threshold. */
export function watchAlerts({ onState, onAlert }) {
  let minRed
  let socket
  let attempts = 0

  function connect() {
    onState('connecting', 'connecting …')
    const url = new URL(`alerts?min_red=${minRed}`, location.href)
    url.protocol = url.protocol.replace('http', 'ws')
    const opened = new WebSocket(url)
    socket = opened
    opened.onopen = () => {
      attempts = 0
      onState('live', 'live')
    }
    opened.onmessage = ({ data }) => {
      const message = JSON.parse(data)
      if (message.type === 'alert') onAlert(message.image)
      else if (message.type === 'gap') onState('lost', 'some alerts were missed')
    }
    opened.onclose = () => {
      if (socket !== opened) return
      const delayMs = Math.random() * Math.min(30_000, 500 * 2 ** attempts++)
      onState('lost', 'connection lost, trying again …')
      setTimeout(() => socket === opened && connect(), delayMs)
    }
  }

  return {
    watch(threshold) {
      if (threshold === minRed) return
      minRed = threshold
      const before = socket
      connect()
      before?.close()
    },
  }
}
