-- Sends a request so many times in one go (the first argument), and waits for all the answers.
local batch

function init(arguments)
    batch = string.rep(wrk.format(), tonumber(arguments[1]))
end

function request()
    return batch
end
