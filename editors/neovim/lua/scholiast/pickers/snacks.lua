--- Hits in snacks.nvim's picker, which searches anew with each key. Must not know the server.

---@param search scholiast.Search
---@param hit scholiast.Hit
---@return table
local function item(search, hit)
  return {
    text = search.describe(hit),
    file = vim.uri_to_fname(hit.uri),
    pos = { hit.line, 0 },
    end_pos = { hit.end_line, 0 },
    line = hit.symbol ~= '' and hit.symbol or nil,
    hit = hit,
  }
end

--- What runs, as a coroutine of snacks', with each change of the prompt.
---@param search scholiast.Search
local function finder_for(search)
  return function(_, context)
    local query = vim.trim(context.filter.search)
    return function(add)
      local async, give_up = context.async, function() end
      local hits, is_done = nil, false ---@type scholiast.Hit[]?, boolean
      if query == '' then
        return
      end
      async:on('abort', function()
        vim.schedule(give_up)
      end)
      vim.schedule(function()
        if not async:aborted() then
          give_up = search.find(query, function(found)
            hits, is_done = found, true
            async:resume()
          end)
        end
      end)
      while not is_done do
        async:suspend()
      end
      for _, hit in ipairs(hits or {}) do
        add(item(search, hit))
      end
    end
  end
end

---@type scholiast.Picker
return {
  is_live = true,
  is_there = function()
    local is_loaded, snacks = pcall(require, 'snacks')
    return is_loaded and snacks.picker ~= nil and (snacks.config.picker or {}).enabled ~= false
  end,
  pick = function(search)
    local snacks = require('snacks') ---@type any
    snacks.picker.pick({
      title = 'Search the code',
      live = true,
      supports_live = true,
      search = search.query,
      finder = finder_for(search),
      format = 'file',
      preview = 'file',
      confirm = function(picker, chosen)
        picker:close()
        if chosen then
          vim.schedule(function()
            search.open(chosen.hit)
          end)
        end
      end,
    })
  end,
}
