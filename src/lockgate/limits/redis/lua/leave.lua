-- The owner ends in order.
if lost() then return 0 end
return bury(given.owner, clock(true))
