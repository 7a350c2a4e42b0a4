--- Hits in Telescope, which searches anew with each key. Must not know the server.
---@diagnostic disable: unresolved-require

--- What Telescope calls with each change of the prompt.
---@param search scholiast.Search
local function finder_for(search)
  local give_up = function() end
  local function find(_, prompt, process_result, process_complete)
    give_up()
    if vim.trim(prompt) == '' then
      process_complete()
      return
    end
    give_up = search.find(prompt, function(hits)
      for index, hit in ipairs(hits or {}) do
        local text = search.describe(hit)
        local entry = { value = hit, ordinal = text, display = text, index = index }
        entry.filename, entry.lnum, entry.col = vim.uri_to_fname(hit.uri), hit.line, 1
        if process_result(entry) then
          return
        end
      end
      process_complete()
    end)
  end
  local function close()
    give_up()
  end
  return setmetatable({ close = close }, { __call = find })
end

---@type scholiast.Picker
return {
  is_live = true,
  is_there = function()
    return (pcall(require, 'telescope.pickers'))
  end,
  pick = function(search)
    local actions, state = require('telescope.actions'), require('telescope.actions.state')
    local options = {
      prompt_title = 'Search the code',
      default_text = search.query,
      finder = finder_for(search),
      previewer = require('telescope.config').values.grep_previewer({}),
      sorter = require('telescope.sorters').empty(), -- the server has ranked them
      attach_mappings = function(prompt_buffer)
        actions.select_default:replace(function()
          local entry = state.get_selected_entry()
          actions.close(prompt_buffer)
          if entry then
            search.open(entry.value)
          end
        end)
        return true
      end,
    }
    require('telescope.pickers').new({}, options):find()
  end,
}
