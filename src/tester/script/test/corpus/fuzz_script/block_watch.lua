-- An observer: for some blocks in a row, the parent that a block names must be the block before it, and its time must not go back.
return {
    summary = "follow final blocks and see that they are a chain",
    params = {
        { name = "chain", type = "choice", choices = { "alpha", "delta" }, default = "alpha" },
        { name = "blocks", type = "count", default = "10" },
    },
    step = function(act)
        local chain = act:param("chain")
        local height = act:await(chain)
        if not height then return act:skip("no block became final") end
        local last = act:get(chain, "/block/" .. height)
        for _ = 1, act:param("blocks") do
            if not last then return end
            height = act:await(chain, height + 1)
            if not height then return act:claim("the chain goes on", false, "no final block above " .. last.height) end
            local block = act:get(chain, "/block/" .. last.height + 1)
            if not block then return end
            act:claim("a block names the one before it", block.parent_hash == last.hash, "block " .. block.height)
            act:claim("time does not go back", block.timestamp >= last.timestamp, block.timestamp .. " after " .. last.timestamp)
            last, height = block, block.height
        end
        act:output("height", tostring(height))
    end,
}
