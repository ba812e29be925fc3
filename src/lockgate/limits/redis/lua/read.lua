-- How counters stand. Changes nothing.
if lost() then return EMPTY end
local now, standings = clock(false), {}
for i, claim in ipairs(given.claims) do standings[i] = standing(load(claim[COUNTER]), claim, now) end
return cmsgpack.pack(standings)
