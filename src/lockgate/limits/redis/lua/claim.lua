-- Whose turn a request is. A row is a hash: print, owner, and once it is answered: answer, end.
-- Keys: the row. Arguments: print, owner, milliseconds of a turn, the beginning of an answer that is of no use, or nothing; the most
-- bytes that are taken now: 3 says that the answer has more.

local row = redis.call('HMGET', KEYS[1], 'print', 'answer')
local print, answer = row[1], row[2]
if print then
  if print ~= ARGV[1] then return 2 end
  if not answer then return 1 end
  if ARGV[4] == '' or answer:sub(1, #ARGV[4]) ~= ARGV[4] then
    if #answer > tonumber(ARGV[5]) then return 3 end
    return answer
  end
end
redis.call('HSET', KEYS[1], 'print', ARGV[1])  -- first: where there is no room for it, nothing happens
redis.call('HSET', KEYS[1], 'owner', ARGV[2])
redis.call('HDEL', KEYS[1], 'answer', 'end')
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 0
