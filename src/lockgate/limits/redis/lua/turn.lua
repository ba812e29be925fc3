-- The owner of a turn that is not answered has it for longer, or gives it back.
-- Keys: the row. Arguments: owner, milliseconds; 0 gives it back.

local row = redis.call('HMGET', KEYS[1], 'owner', 'end')
if row[1] ~= ARGV[1] or row[2] then return 0 end
if ARGV[2] == '0' then return redis.call('DEL', KEYS[1]) end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
