import { createHash } from 'node:crypto'

/** A script that Redis runs as one step. */
export interface Script {
  readonly text: string
  readonly sha1: string
}

/**
 * KEYS: stream, state. ARGV: an epoch that must be exceeded. Gives epoch and the newest position.
 *
 * An entry's id is `<epoch>-<position of its last event>`. A new epoch begins when there is no state (first use, or
 * everything was deleted), when Redis has another run id (restarted, or a replica took over: writes may be lost, and
 * their positions would be given again), or when someone else wrote an entry with an id above ours.
 */
const begin = `
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local state = redis.call('HMGET', KEYS[2], 'epoch', 'seq', 'run')
local epoch, seq = state[1], tonumber(state[2])
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local newestEpoch = newest and tonumber(string.match(newest[1], '^(%d+)-')) or 0
if not epoch or not seq or state[3] ~= run or newestEpoch > tonumber(epoch) then
  local time = redis.call('TIME')
  local ms = time[1] * 1000 + math.floor(time[2] / 1000)
  epoch = string.format('%.0f', math.max(ms, newestEpoch + 1, tonumber(epoch or 0) + 1, tonumber(ARGV[1]) + 1))
  seq = 0
  redis.call('HSET', KEYS[2], 'epoch', epoch, 'seq', seq, 'run', run)
end
`

/** Gives epoch and newest position. */
export const stateScript: Script = script(`${begin}
return { epoch, string.format('%.0f', seq) }`)

/**
 * KEYS: also the publisher's key. ARGV: also number of the batch, count, text, `1` after a loss, events to keep.
 * Gives epoch and position of the last event.
 */
export const publishScript: Script = script(`
local sent = redis.call('HMGET', KEYS[3], 'number', 'epoch', 'seq')
if ARGV[2] ~= '' and sent[1] == ARGV[2] then return { sent[2], sent[3] } end
${begin}
seq = seq + tonumber(ARGV[3])
local last = string.format('%.0f', seq)
local fields = { 'events', ARGV[4] }
if ARGV[5] == '1' then fields[3], fields[4] = 'afterLoss', '1' end
local oldest = epoch .. '-' .. string.format('%.0f', math.max(0, seq - tonumber(ARGV[6])))
redis.call('XADD', KEYS[1], 'MINID', '~', oldest, epoch .. '-' .. last, unpack(fields))
redis.call('HSET', KEYS[2], 'seq', last)
if ARGV[2] ~= '' then
  redis.call('HSET', KEYS[3], 'number', ARGV[2], 'epoch', epoch, 'seq', last)
  redis.call('EXPIRE', KEYS[3], 86400)
end
return { epoch, last }`)

function script(text: string): Script {
  return { text, sha1: createHash('sha1').update(text).digest('hex') }
}
