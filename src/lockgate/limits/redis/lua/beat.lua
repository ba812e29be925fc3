-- The owner lives. Answers how many do.
if lost() then return EMPTY end
local now = clock(true)
redis.call('HSET', owners_key(), given.owner, ('%.0f'):format(now))
redis.call('PEXPIRE', owners_key(), 62 * DAY)
redis.call('PEXPIRE', leases_key(given.owner), 7 * DAY)
return redis.call('HLEN', owners_key())
