-- Owners that were not heard of since `late` before now are buried. Answers how many leases they had.
if lost() then return 0 end
local now, number = clock(true), 0
local owners = redis.call('HGETALL', owners_key())
for i = 1, #owners, 2 do
  if tonumber(owners[i + 1]) <= now - given.late then number = number + bury(owners[i], now) end
end
return number
