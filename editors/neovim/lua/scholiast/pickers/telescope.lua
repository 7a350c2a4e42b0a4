--- Hits in Telescope, which searches anew with each key. Must not know the server.

local M = { is_live = true } ---@type scholiast.Picker

function M.is_there()
  return (pcall(require, 'telescope.pickers'))
end

---@param search scholiast.Search
local function finder_for(search)
  local under_way ---@type scholiast.Request?
  local ready = { [search.query] = { search.hits, search.encoding } }
  local function entries(hits, encoding, process_result)
    for index, hit in ipairs(hits) do
      local text = search.describe(hit)
      local entry = { value = hit, ordinal = text, display = text, index = index, encoding = encoding }
      entry.filename, entry.lnum, entry.col = vim.uri_to_fname(hit.uri), hit.line, 1
      if process_result(entry) then
        return
      end
    end
  end
  local function give_up()
    if under_way then
      require('scholiast.requests').cancel(under_way)
    end
  end
  return setmetatable({ close = give_up }, {
    __call = function(_, prompt, process_result, process_complete)
      give_up()
      local known = ready[prompt]
      if known or vim.trim(prompt) == '' then
        entries(known and known[1] or {}, known and known[2], process_result)
        process_complete()
        return
      end
      under_way = search.find(prompt, function(hits, encoding)
        entries(hits or {}, encoding, process_result)
        process_complete()
      end)
    end,
  })
end

function M.pick(search)
  local values = require('telescope.config').values
  local actions, state = require('telescope.actions'), require('telescope.actions.state')
  local options = {
    prompt_title = 'Search the code',
    default_text = search.query,
    finder = finder_for(search),
    previewer = values.grep_previewer({}),
    sorter = require('telescope.sorters').empty(), -- the server has ranked them
    attach_mappings = function(prompt_buffer)
      actions.select_default:replace(function()
        local entry = state.get_selected_entry()
        actions.close(prompt_buffer)
        if entry then
          search.open(entry.value, entry.encoding)
        end
      end)
      return true
    end,
  }
  require('telescope.pickers').new({}, options):find()
end

return M
