--- Hits in |vim.ui.select()|, whatever draws it. Must not know the server.

---@type scholiast.Picker
return {
  is_live = false,
  is_there = function()
    return true
  end,
  pick = function(search)
    local options = { prompt = 'Scholiast: ' .. search.query, kind = 'scholiast.hit', format_item = search.describe }
    vim.ui.select(search.hits, options, function(hit)
      if hit then
        search.open(hit)
      end
    end)
  end,
}
