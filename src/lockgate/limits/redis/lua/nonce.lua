-- Whether something is said for the first time. Nonces are a sorted set, by the millisecond after which they may be forgotten.
-- Beside it is a hash: run, the process of Redis that remembers; since, what it cannot know of what is older; swept, up to which
-- end anything was forgotten; held, how many there are, so that it is seen when some were taken away.
-- Arguments: run, now, nonce, until, made; without a nonce the memory only begins.

if redis.replicate_commands then redis.replicate_commands() end  -- before Redis 7 a script must ask for it

local SEEN, LIFE = KEYS[1], KEYS[2]
local run, now, nonce, ends, made = ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local SWEEP, DAY = 8, 86400000

local life = redis.call('HMGET', LIFE, 'run', 'since', 'swept', 'held')
local since, swept = tonumber(life[2] or 0), tonumber(life[3] or 0)
if life[1] ~= run or tonumber(life[4]) ~= redis.call('ZCARD', SEEN) then since = math.max(since, now) end

local first = 0
if nonce ~= '' then
  local over = redis.call('ZRANGEBYSCORE', SEEN, '-inf', '(' .. ARGV[2], 'WITHSCORES', 'LIMIT', 0, SWEEP)
  for i = 1, #over, 2 do
    redis.call('ZREM', SEEN, over[i])
    swept = math.max(swept, tonumber(over[i + 1]))
  end
  if made >= since and ends > swept then first = redis.call('ZADD', SEEN, 'NX', ARGV[4], nonce) end
end

local keep = ('%.0f'):format(math.max(0, ends - now) + DAY)
local function text(number) return ('%.0f'):format(number) end
redis.call('HMSET', LIFE, 'run', run, 'since', text(since), 'swept', text(swept), 'held', redis.call('ZCARD', SEEN))
redis.call('PEXPIRE', LIFE, keep)
redis.call('PEXPIRE', SEEN, keep)
return first
