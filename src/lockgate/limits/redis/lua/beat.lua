-- The owner lives. Answers how many do, and whether the memory that Redis may have is nearly full, where it has a bound and says so.
if lost() then return EMPTY end
local now = clock(true)
redis.call('HSET', owners_key(), given.owner, ('%.0f'):format(now))
redis.call('PEXPIRE', owners_key(), 62 * DAY)
redis.call('PEXPIRE', leases_key(given.owner), 7 * DAY)
local info, crowded = redis.pcall('INFO', 'memory'), 0
if type(info) == 'string' then
  local most = tonumber(info:match('maxmemory:(%d+)') or 0)
  if most > 0 and tonumber(info:match('used_memory:(%d+)') or 0) > 0.75 * most then crowded = 1 end
end
return {redis.call('HLEN', owners_key()), crowded}
