--- Hits in |vim.ui.select()|, whatever draws it. Must not know the server.

---@type scholiast.Picker
return {
  is_live = false,
  is_there = function()
    return true
  end,
  pick = function(search)
    local choice = { prompt = 'Scholiast: ' .. search.query, kind = 'scholiast.hit', format_item = search.describe }
    vim.ui.select(search.hits, choice, function(hit)
      if hit then
        search.open(hit, search.encoding)
      end
    end)
  end,
}
