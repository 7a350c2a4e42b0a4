--- Searches the code and lets the user pick. Must not know how any picker works.

local config = require('scholiast.config')
local jump = require('scholiast.jump')
local notice = require('scholiast.notice')
local requests = require('scholiast.requests')
local status = require('scholiast.status')

local M = {}

local PICKERS = { 'snacks', 'telescope', 'select' } -- the first that is there

--- What shows hits and lets the user choose one.
---@class scholiast.Picker
---@field is_there fun(): boolean
---@field is_live boolean whether it searches itself, anew with each key
---@field pick fun(search: scholiast.Search)

---@class scholiast.Search
---@field query string empty only where the picker is live
---@field hits scholiast.Hit[] none where the picker is live
---@field find fun(query: string, done: fun(hits: scholiast.Hit[]?)): fun() answers what gives the search up
---@field describe fun(hit: scholiast.Hit): string
---@field open fun(hit: scholiast.Hit)

--- A hit in one line, as `scholiast search` prints it.
---@param hit scholiast.Hit
---@return string
function M.describe(hit)
  local name = hit.symbol ~= '' and hit.symbol or vim.trim(hit.text:match('[^\n]*') or '')
  return (('%s:%d: %s'):format(hit.path, hit.line, name):gsub('%c', ' '))
end

---@param hit scholiast.Hit
local function open(hit)
  jump.open(hit, require('scholiast.answer.window').for_file(vim.api.nvim_get_current_win()))
end

--- Search; what goes wrong is told, and gives no hits.
---@param query string
---@param done fun(hits: scholiast.Hit[]?)
---@return fun() give_up
function M.find(query, done)
  local params = { query = query, limit = config.get().limit }
  local request = requests.send('scholiast/search', params, function(problem, result, client)
    if problem then
      notice.error(problem)
      done(nil)
      return
    end
    for _, hit in ipairs(result.hits) do
      hit.encoding = assert(client).offset_encoding
      hit.range.start = { line = hit.line - 1, character = 0 } -- what is above the definition is no place to go to
    end
    done(result.hits)
  end, { before = status.until_searchable(status.teller('searching')) })
  return function()
    requests.cancel(request)
  end
end

--- The picker that the user has chosen, or the best that is there.
---@return scholiast.Picker?
---@return string name
function M.picker()
  local chosen = config.get().picker
  local names = chosen == 'auto' and PICKERS or chosen == 'quickfix' and {} or { chosen, 'select' }
  for _, name in ipairs(names) do
    local picker = require('scholiast.pickers.' .. name) ---@type scholiast.Picker
    if picker.is_there() then
      return picker, name
    end
  end
  return nil, 'quickfix'
end

--- Search, and let the user choose among what is found, or put it into the quickfix list where there is no picker.
---@param query string
---@param picker? scholiast.Picker
local function find_and_show(query, picker)
  M.find(query, function(hits)
    if not hits then
      return
    elseif #hits == 0 then
      notice.info('nothing found for ' .. query)
    elseif picker then
      picker.pick({ query = query, hits = hits, find = M.find, describe = M.describe, open = open })
    else
      jump.quickfix('Scholiast: ' .. query, jump.items(hits, M.describe))
    end
  end)
end

--- Search the code, and show what is found. Without a query, pickers that can search with each key.
---@param query string
---@param options? { quickfix?: boolean }
function M.search(query, options)
  local picker = not (options and options.quickfix) and M.picker() or nil
  if picker and picker.is_live then
    picker.pick({ query = query, hits = {}, find = M.find, describe = M.describe, open = open })
  elseif query ~= '' then
    find_and_show(query, picker)
  else
    vim.ui.input({ prompt = 'Search the code: ' }, function(text)
      if text and vim.trim(text) ~= '' then
        find_and_show(vim.trim(text), picker)
      end
    end)
  end
end

return M
