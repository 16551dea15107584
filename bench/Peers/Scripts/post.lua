-- A POST with a body of so many bytes (the first argument).
function init(arguments)
    wrk.method = "POST"
    wrk.headers["Content-Type"] = "application/octet-stream"
    wrk.body = string.rep("x", tonumber(arguments[1]))
end
