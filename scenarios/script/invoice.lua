-- Two bots that deal with each other: a payer asks its partner over the bus what it owes, pays exactly that, and holds the partner's
-- account against the chain. A partner that does not answer in time is left alone; that is no fault of the network.

local function serve(act)
    local issued = 0
    act:serve("invoice/" .. act:me().id, function(request, from)
        if request ~= "what do I owe?" then return nil, "I only know invoices" end
        issued = issued + 1
        return tostring(act:param("price") + issued % 10)
    end)
    act:note(issued .. " invoices")
end

local function settle(act)
    local shops = act:bots(act:param("shops"))
    if #shops == 0 then return act:skip("there is no shop") end
    local partner = shops[math.random(#shops)]
    local price, why = act:ask("invoice/" .. partner.id, "what do I owe?", 2000)
    if not price then return act:skip(partner.id .. ": " .. why) end

    local paid, code = act:send {
        chain = "alpha",
        kind = "transfer",
        payload = { to = partner.alpha, token = "AX", amount = price, memo = "" },
        leaves = { AX = price },
    }
    if not paid then return end -- how it ended is told already
    act:output("tx_id", paid.id)

    local before = act:account("alpha", partner.alpha, paid.height - 1)
    local after = act:account("alpha", partner.alpha, paid.height)
    if not before or not after then return end
    -- Others may pay the same partner in the same block: it has at least this much more.
    act:claim("the partner has what it asked for", after.balances.AX >= before.balances.AX + math.tointeger(price),
              before.balances.AX .. " before, " .. after.balances.AX .. " after, " .. price .. " asked")
end

return {
    summary = "ask a partner what one owes, pay it, and see that it came",
    roles = "any funded",
    transaction = true,
    params = {
        { name = "part", type = "choice", choices = { "payer", "payee" }, default = "payer" },
        { name = "shops", type = "text", default = "shop-" },
        { name = "price", type = "count", default = "1000" },
    },
    step = function(act)
        if act:param("part") == "payee" then return serve(act) end
        return settle(act)
    end,
}
