--- Hits in snacks.nvim's picker, which searches anew with each key. Must not know the server.

local M = { is_live = true } ---@type scholiast.Picker

function M.is_there()
  local is_loaded, snacks = pcall(require, 'snacks')
  return is_loaded and snacks.picker ~= nil and snacks.config ~= nil and (snacks.config.picker or {}).enabled ~= false
end

---@param search scholiast.Search
---@param hit scholiast.Hit
---@param encoding string
---@return table
local function item(search, hit, encoding)
  return {
    text = search.describe(hit),
    file = vim.uri_to_fname(hit.uri),
    pos = { hit.line, 0 },
    end_pos = { hit.end_line, 0 },
    line = hit.symbol ~= '' and hit.symbol or nil,
    hit = hit,
    encoding = encoding,
  }
end

---@param search scholiast.Search
local function finder_for(search)
  return function(_, context)
    local query = vim.trim(context.filter.search)
    return function(add)
      local found = query == search.query and { search.hits, search.encoding } or nil
      if query ~= '' and not found then
        local async, request = context.async, nil
        async:on(
          'abort',
          vim.schedule_wrap(function()
            if request then
              require('scholiast.requests').cancel(request)
            end
          end)
        )
        vim.schedule(function()
          if async:aborted() then
            return
          end
          request = search.find(query, function(hits, encoding)
            found = { hits or {}, encoding }
            async:resume()
          end)
        end)
        while not found do
          async:suspend()
        end
      end
      for _, hit in ipairs(found and found[1] or {}) do
        add(item(search, hit, found and found[2] or ''))
      end
    end
  end
end

function M.pick(search)
  require('snacks').picker.pick({
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
          search.open(chosen.hit, chosen.encoding)
        end)
      end
    end,
  })
end

return M
