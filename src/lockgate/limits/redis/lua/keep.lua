-- The owner's answer. What is kept is bounded: a sorted set holds places and sizes by their ends, and beside it is their sum.
-- Keys: the row, the sorted set, the sum. Arguments: owner, answer, milliseconds, the most bytes, the row's place.

if redis.replicate_commands then redis.replicate_commands() end  -- before Redis 7 a script must ask for it

local ROW, ENDS, SUM, SWEEP = KEYS[1], KEYS[2], KEYS[3], 32
local row = redis.call('HMGET', ROW, 'owner', 'end')
if row[1] ~= ARGV[1] or row[2] then return 0 end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ends = ('%.0f'):format(now + tonumber(ARGV[3]))
local most = tonumber(ARGV[4])

redis.call('HSET', ROW, 'answer', ARGV[2])
redis.call('HSET', ROW, 'end', ends)
redis.call('PEXPIRE', ROW, ARGV[3])
if redis.call('ZCARD', ENDS) == 0 then redis.call('DEL', SUM) end
if redis.call('ZADD', ENDS, ends, ('%s:%d'):format(ARGV[5], #ARGV[2])) == 1 then redis.call('INCRBY', SUM, #ARGV[2]) end

local sum = tonumber(redis.call('GET', SUM) or 0)
for _ = 1, SWEEP do
  local first = redis.call('ZRANGE', ENDS, 0, 0, 'WITHSCORES')
  if not first[1] or (tonumber(first[2]) > now and sum <= most) then break end
  local place, size = first[1]:match('^(%x+):(%d+)$')
  redis.call('ZREM', ENDS, first[1])
  sum = redis.call('DECRBY', SUM, size)
  local gone = ROW:sub(1, -1 - #ARGV[5]) .. place
  if redis.call('HGET', gone, 'end') == ('%.0f'):format(first[2]) then redis.call('DEL', gone) end
end

local longest = ('%.0f'):format(tonumber(ARGV[3]) + 86400000)
redis.call('PEXPIRE', ENDS, longest)
redis.call('PEXPIRE', SUM, longest)
return 1
