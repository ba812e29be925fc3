-- All claims or none. Answers a verdict.
if lost() then return EMPTY end
if not complete() then return INCOMPLETE end
if redis.call('HEXISTS', leases_key(given.owner), given.lease) == 1 then return ABANDONED end
local now = clock(true)
local rows, failing, refused = weighed(now)
if not refused then
  local holds = {}
  for i, claim in ipairs(given.claims) do
    if claim[AT_ONCE] == 1 then
      charge(rows[i], claim, now, now, claim[AMOUNT])
    else
      rows[i][1] = rows[i][1] + claim[AMOUNT]
      holds[#holds + 1] = claim
    end
    save(claim, rows[i], now)
  end
  if #holds > 0 then redis.call('HSET', leases_key(given.owner), given.lease, cmsgpack.pack(holds)) end
end
return verdict(rows, failing, refused, now)
