-- What machines tell each other of upstreams: a hash by digest, of milliseconds of this clock and numbers, told apart by colons:
-- out until, for the how many-th time, cool until, headroom in thousandths, when that was said. Beside it is what tells one state
-- of the board from another.
-- Keys: the hash, its version. Arguments: the version that is known, and for each notice: digest, milliseconds out, times,
-- milliseconds cool, headroom, its age or -1.
-- Returns the version, and if that is another one, what hangs there in the form of the arguments.

if redis.replicate_commands then redis.replicate_commands() end  -- before Redis 7 a script must ask for it

local BOARD, VERSION, MOST, LONGEST, BELIEVED = KEYS[1], KEYS[2], 4096, 3600000, 60000
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function numbers(text)
  local out, times, cool, room, said = (text or ''):match('^(%d+):(%d+):(%d+):(%d+):(%d+)$')
  if not out or #text > 80 then return 0, 0, 0, 1000, 0 end
  out, times, cool, room, said = tonumber(out), tonumber(times), tonumber(cool), tonumber(room), tonumber(said)
  -- What is later than anybody may say was written by somebody else, or before the clock went back: each look would believe it anew.
  if out > now + LONGEST then out = 0 end
  if cool > now + LONGEST then cool = 0 end
  if said > now then room, said = 1000, 0 end
  return out, times, cool, room, said
end

local there = redis.call('HLEN', BOARD)
for i = 2, #ARGV, 6 do
  local known = redis.call('HGET', BOARD, ARGV[i])
  if known or there < MOST then
    if not known then there = there + 1 end
    local out, times, cool, room, said = numbers(known)
    local age = tonumber(ARGV[i + 5])
    local ends = tonumber(ARGV[i + 1])
    if ends > 0 and now + ends > out then out, times = now + ends, tonumber(ARGV[i + 2]) end
    if tonumber(ARGV[i + 3]) > 0 then cool = math.max(cool, now + tonumber(ARGV[i + 3])) end
    if age >= 0 and now - age > said then room, said = tonumber(ARGV[i + 4]), now - age end
    redis.call('HSET', BOARD, ARGV[i], ('%.0f:%.0f:%.0f:%.0f:%.0f'):format(out, times, cool, room, said))
  end
end
if #ARGV > 1 then
  redis.call('SET', VERSION, ('%s.%06d'):format(time[1], time[2]), 'PX', LONGEST)
  redis.call('PEXPIRE', BOARD, LONGEST)
end

local version = redis.call('GET', VERSION) or ''
if version == ARGV[1] then return {version} end
local found = {version}
local all = redis.call('HGETALL', BOARD)
for i = 1, #all, 2 do
  local out, times, cool, room, said = numbers(all[i + 1])
  if out <= now and cool <= now and said <= now - BELIEVED then
    redis.call('HDEL', BOARD, all[i])
  else
    found[#found + 1] = all[i]
    found[#found + 1] = ('%.0f:%.0f:%.0f:%.0f:%.0f'):format(
      math.max(0, out - now), times, math.max(0, cool - now), room, math.max(0, now - said))
  end
end
return found
