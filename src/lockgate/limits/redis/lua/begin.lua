-- What every step begins with: the arguments, the memory, the clock, and a counter's row.
-- The memory is a hash: epoch; run, the process of Redis that it was made in; shift and latest of the clock; and for
-- each gateway that told what it had spent a field `i:` and its name. All other keys bear the epoch in their names.

if redis.replicate_commands then redis.replicate_commands() end  -- before Redis 7 a script must ask for it

local given = cmsgpack.unpack(ARGV[1])
local HOME, PREFIX = KEYS[1], KEYS[1]:match('^(.*:)')
local DAY = 86400000
local EMPTY, INCOMPLETE, ABANDONED = -1, -2, -3
local MOST, FURTHEST = 9007199254740992, 1125899906842624  -- as core/limit.py has them

local memory = redis.call('HMGET', HOME, 'epoch', 'run', 'shift', 'latest', 'i:' .. given.instance)
local epoch = memory[1] or ''
local shift, latest = tonumber(memory[3] or 0), tonumber(memory[4] or 0)

-- Empty, or from before a restart or a fail-over: what it says may be older than what was spent.
local function lost()
  return not memory[1] or memory[2] ~= given.run or not memory[5]
end

local function complete()
  local told = 0
  for _, field in ipairs(redis.call('HKEYS', HOME)) do
    if field:sub(1, 2) == 'i:' then told = told + 1 end
  end
  return told >= given.instances
end

-- Microseconds; it never goes back, whatever the machine's clock does.
local function clock(writes)
  if given.now > 0 then return given.now end
  local time = redis.call('TIME')
  local now = time[1] * 1000000 + time[2] + shift
  if now < latest then
    shift, now = shift + latest - now, latest
    if writes then redis.call('HSET', HOME, 'shift', ('%.0f'):format(shift)) end
  end
  if writes then redis.call('HSET', HOME, 'latest', ('%.0f'):format(now)) end
  return now
end

local function counter_key(counter) return PREFIX .. epoch .. ':c:' .. counter end
local function leases_key(owner) return PREFIX .. epoch .. ':l:' .. owner end
local function owners_key() return PREFIX .. epoch .. ':o' end

-- A row is held, mark, used, slots. The mark is when a bucket is empty, or when a period began; slots are number and
-- amount in turns, the oldest first. A claim is counter, window, per, capacity, width, interval, amount, at once,
-- shadow, since.
local COUNTER, WINDOW, PER, CAPACITY, WIDTH, INTERVAL, AMOUNT, AT_ONCE, SHADOW, SINCE = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10

local function floored(number, by) return (number - number % by) / by end

local function load(counter)
  local found = redis.call('GET', counter_key(counter))
  if found then return cmsgpack.unpack(found) end
  return {0, 0, 0, {}}
end

-- Rows go when nobody could ask for them any more.
local function save(claim, row, now)
  local keep = DAY
  if claim[WINDOW] == 'sliding' then keep = keep + 2 * claim[PER] / 1000
  elseif claim[WINDOW] == 'smooth' then keep = keep + math.max(0, row[2] - now) / 1000
  elseif claim[WINDOW] == 'period' then keep = 62 * DAY end
  if row[1] > 0 then keep = math.max(keep, 7 * DAY) end
  redis.call('SET', counter_key(claim[COUNTER]), cmsgpack.pack(row), 'PX', ('%.0f'):format(math.floor(keep)))
end

local function oldest(claim, now) return floored(now - claim[PER] + 1, claim[WIDTH]) end

local function used(row, claim, now)
  local window = claim[WINDOW]
  if window == 'sliding' then
    local first, sum, slots = oldest(claim, now), 0, row[4]
    for i = 1, #slots, 2 do
      if slots[i] >= first then sum = sum + slots[i + 1] end
    end
    return sum
  elseif window == 'smooth' then
    return math.max(0, math.ceil((row[2] - now) / claim[INTERVAL]))
  elseif window == 'period' and claim[SINCE] <= row[2] then
    return row[3]
  end
  return 0
end

local function charge(row, claim, now, at, amount)
  local window = claim[WINDOW]
  if window == 'sliding' then
    local first, number, slots, kept, done = oldest(claim, now), floored(at, claim[WIDTH]), row[4], {}, amount == 0
    for i = 1, #slots, 2 do
      if not done and slots[i] >= number then
        done = true
        if slots[i] == number then
          slots[i + 1] = math.min(slots[i + 1] + amount, MOST)
        elseif number >= first then
          kept[#kept + 1] = number
          kept[#kept + 1] = amount
        end
      end
      if slots[i] >= first then
        kept[#kept + 1] = slots[i]
        kept[#kept + 1] = slots[i + 1]
      end
    end
    if not done and number >= first then
      kept[#kept + 1] = number
      kept[#kept + 1] = amount
    end
    row[4] = kept
  elseif window == 'smooth' then
    if amount > 0 then row[2] = math.min(math.max(row[2], at) + amount * claim[INTERVAL], at + FURTHEST) end
  elseif window == 'period' then
    if claim[SINCE] > row[2] then row[2], row[3] = claim[SINCE], 0 end
    row[3] = math.min(row[3] + amount, MOST)
  end
end

local function wait(row, claim, now, spent)
  local window, room = claim[WINDOW], claim[CAPACITY] - row[1] - claim[AMOUNT]
  if room < 0 or window == 'period' or window == 'open' then return -1 end
  if window == 'smooth' then return row[2] - now - room * claim[INTERVAL] end
  local first, slots = oldest(claim, now), row[4]
  for i = 1, #slots, 2 do
    if slots[i] >= first then
      spent = spent - slots[i + 1]
      if spent <= room then return (slots[i] + 1) * claim[WIDTH] + claim[PER] - 1 - now end
    end
  end
  return -1
end

local function reset(row, claim, now)
  if claim[WINDOW] == 'smooth' then return math.max(0, row[2] - now) end
  local slots = row[4]
  if claim[WINDOW] ~= 'sliding' or #slots == 0 then return 0 end
  return math.max(0, (slots[#slots - 1] + 1) * claim[WIDTH] + claim[PER] - 1 - now)
end

local function standing(row, claim, now)
  local spent = used(row, claim, now)
  local free = claim[CAPACITY] - spent - row[1]
  local waits = 0
  if claim[AMOUNT] > math.max(0, free) then waits = wait(row, claim, now, spent) end
  return {spent, row[1], free, waits, reset(row, claim, now)}
end

-- Everything that an owner's leases hold is charged.
local function bury(owner, now)
  local leases, number = redis.call('HVALS', leases_key(owner)), 0
  for _, packed in ipairs(leases) do
    for _, claim in ipairs(cmsgpack.unpack(packed)) do
      local row = load(claim[COUNTER])
      row[1] = row[1] - claim[AMOUNT]
      charge(row, claim, now, now, claim[AMOUNT])
      save(claim, row, now)
    end
    number = number + 1
  end
  redis.call('DEL', leases_key(owner))
  redis.call('HDEL', owners_key(), owner)
  return number
end

-- What stands in the way of claims: their rows, the places of those that fail, and whether one of them is no shadow.
local function weighed(now)
  local rows, failing, refused = {}, {}, false
  for i, claim in ipairs(given.claims) do
    local row = load(claim[COUNTER])
    rows[i] = row
    if claim[AMOUNT] > math.max(0, claim[CAPACITY] - used(row, claim, now) - row[1]) then
      failing[#failing + 1] = i - 1
      refused = refused or claim[SHADOW] == 0
    end
  end
  return rows, failing, refused
end

-- The answer to those who claim: the epoch, standings, and the places that failed.
local function verdict(rows, failing, refused, now)
  local standings = {}
  for i, claim in ipairs(given.claims) do
    standings[i] = standing(rows[i], claim, now)
    if not refused then standings[i][4] = 0 end
  end
  return cmsgpack.pack({tonumber(epoch), standings, failing})
end
