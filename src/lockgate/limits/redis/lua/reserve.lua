-- All claims or none. Answers: the epoch, standings, and the places that failed.
if lost() then return EMPTY end
if not complete() then return INCOMPLETE end
if redis.call('HEXISTS', leases_key(given.owner), given.lease) == 1 then return ABANDONED end
local now = clock(true)
local rows, failing, refused = {}, {}, false
for i, claim in ipairs(given.claims) do
  local row = load(claim[COUNTER])
  rows[i] = row
  if claim[AMOUNT] > math.max(0, claim[CAPACITY] - used(row, claim, now) - row[1]) then
    failing[#failing + 1] = i - 1
    refused = refused or claim[SHADOW] == 0
  end
end
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
local standings = {}
for i, claim in ipairs(given.claims) do
  standings[i] = standing(rows[i], claim, now)
  if not refused then standings[i][4] = 0 end
end
return cmsgpack.pack({tonumber(epoch), standings, failing})
