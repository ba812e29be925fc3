-- A gateway tells what it had spent. The first one begins a memory, with what it says and nothing else.
if not lost() then return 0 end
if not memory[1] or memory[2] ~= given.run then
  epoch = ('%.0f'):format(given.epoch)
  redis.call('DEL', HOME)
  redis.call('HSET', HOME, 'epoch', epoch, 'run', given.run, 'shift', ('%.0f'):format(shift), 'latest', ('%.0f'):format(latest))
end
redis.call('HSET', HOME, 'i:' .. given.instance, 1)
local now = clock(true)
for _, told in ipairs(given.charges) do
  local claim, row = told[1], load(told[1][COUNTER])
  for i = 2, #told, 2 do charge(row, claim, now, told[i], told[i + 1]) end
  save(claim, row, now)
end
return 1
