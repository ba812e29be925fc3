-- Ended leases: what they held is free, what was used is charged. Each is lease, its epoch, its claims, its uses, and
-- whether nobody knows if it began: then a mark of nothing stays in its place, so that it cannot begin after this.
-- What is free is what is written here: the owner does not know whether a lease became larger when there was no answer.
if lost() then return 0 end
local now = clock(true)
for _, ended in ipairs(given.ended) do
  local stored = redis.call('HGET', leases_key(given.owner), ended[1])
  local holds, at = stored and cmsgpack.unpack(stored) or {}, 0
  local held = #holds > 0
  if stored then redis.call('HDEL', leases_key(given.owner), ended[1]) end
  if held or (ended[5] == 0 and ended[2] ~= tonumber(epoch)) then
    for i, claim in ipairs(ended[3]) do
      if claim[AT_ONCE] == 0 then
        local row = load(claim[COUNTER])
        at = at + 1
        if held then row[1] = row[1] - holds[at][AMOUNT] end
        charge(row, claim, now, now, ended[4][i])
        save(claim, row, now)
      end
    end
  end
  if not held and ended[5] == 1 then
    redis.call('HSET', leases_key(given.owner), ended[1], cmsgpack.pack({}))
  end
end
return #given.ended
