-- A lease holds more, of all its claims or of none. Answers as reserve does.
if lost() then return EMPTY end
if not complete() then return INCOMPLETE end
local stored = redis.call('HGET', leases_key(given.owner), given.lease)
local holds = stored and cmsgpack.unpack(stored) or {}
if #holds == 0 then return ABANDONED end
local now = clock(true)
local rows, failing, refused = weighed(now)
if not refused then
  local held = {}
  for _, claim in ipairs(holds) do held[claim[COUNTER]] = claim end
  for i, claim in ipairs(given.claims) do
    if claim[AMOUNT] > 0 then
      rows[i][1] = rows[i][1] + claim[AMOUNT]
      held[claim[COUNTER]][AMOUNT] = held[claim[COUNTER]][AMOUNT] + claim[AMOUNT]
      save(claim, rows[i], now)
    end
  end
  redis.call('HSET', leases_key(given.owner), given.lease, cmsgpack.pack(holds))
end
return verdict(rows, failing, refused, now)
