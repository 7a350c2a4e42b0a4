--- Goes to places that the server names. Must not know where they come from.

local notice = require('scholiast.notice')

local M = {}

local CITED_SHOWN_MS = 1500
local namespace = vim.api.nvim_create_namespace('scholiast.jump')

---@class scholiast.Place: lsp.Location
---@field path string
---@field encoding scholiast.Encoding how its range counts; set by the plugin

---@param buffer integer
---@param range lsp.Range
local function light_up(buffer, range)
  vim.api.nvim_buf_clear_namespace(buffer, namespace, 0, -1)
  local last = math.min(range['end'].line, vim.api.nvim_buf_line_count(buffer) - 1)
  for row = math.min(range.start.line, last), last do
    vim.api.nvim_buf_set_extmark(buffer, namespace, row, 0, { line_hl_group = 'ScholiastCited' })
  end
  vim.defer_fn(function()
    if vim.api.nvim_buf_is_valid(buffer) then
      vim.api.nvim_buf_clear_namespace(buffer, namespace, 0, -1)
    end
  end, CITED_SHOWN_MS)
end

--- Open a place in a window, with its lines lit up for a moment.
---@param place scholiast.Place
---@param window integer
function M.open(place, window)
  local name = vim.uri_to_fname(place.uri)
  local buffer = vim.fn.bufadd(vim.fn.fnamemodify(name, ':.')) -- so that lines of status show the path as `:edit` would
  if not vim.api.nvim_buf_is_loaded(buffer) and vim.fn.filereadable(name) == 0 then
    notice.warn(place.path .. ' is gone')
    return
  end
  vim.api.nvim_set_current_win(window)
  -- What an editor's own events object to (a swap file, a buffer that can't be left) is theirs to say in words.
  local is_shown, problem = pcall(vim.lsp.util.show_document, place, place.encoding, { focus = true })
  if not is_shown then
    notice.error(tostring(problem))
    return
  end
  require('scholiast.answer.highlights')
  light_up(vim.api.nvim_get_current_buf(), place.range)
end

--- Items of a quickfix list.
---@generic T: scholiast.Place
---@param places T[] those that lead nowhere are left out
---@param describe fun(place: T): string
---@return table[]
function M.items(places, describe)
  local items = {}
  for _, place in ipairs(places) do
    if place.uri and place.range then
      local located = { uri = place.uri, range = place.range }
      for _, item in ipairs(vim.lsp.util.locations_to_items({ located }, place.encoding)) do
        item.text = describe(place)
        table.insert(items, item)
      end
    end
  end
  return items
end

--- Fill the quickfix list and open it.
---@param title string
---@param items table[]
function M.quickfix(title, items)
  vim.fn.setqflist({}, ' ', { title = title, items = items })
  vim.cmd('botright copen')
end

return M
