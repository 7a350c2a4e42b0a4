--- Searches the code and lets the user pick. Must not know how any picker works.

local config = require('scholiast.config')
local jump = require('scholiast.jump')
local notice = require('scholiast.notice')
local requests = require('scholiast.requests')
local status = require('scholiast.status')

local M = {}

local PICKERS = { 'snacks', 'telescope', 'select' } -- the first that is there

---@class scholiast.Picker
---@field is_there fun(): boolean
---@field is_live boolean whether it searches anew with each key
---@field pick fun(search: scholiast.Search)

---@class scholiast.Search
---@field query string
---@field hits scholiast.Hit[] of the query; none for a search that is live from the start
---@field encoding string
---@field find fun(query: string, done: fun(hits: scholiast.Hit[]?, encoding: string)): scholiast.Request
---@field describe fun(hit: scholiast.Hit): string
---@field open fun(hit: scholiast.Hit, encoding: string)

--- A hit in one line, as `scholiast search` prints it.
---@param hit scholiast.Hit
---@return string
function M.describe(hit)
  local name = hit.symbol ~= '' and hit.symbol or vim.trim(hit.text:match('[^\n]*'))
  return (('%s:%d: %s'):format(hit.path, hit.line, name):gsub('%c', ' '))
end

---@param hit scholiast.Hit
---@param encoding string
local function open(hit, encoding)
  jump.open(hit, encoding, require('scholiast.answer.window').for_file(vim.api.nvim_get_current_win()))
end

--- A hit that opens where its symbol is defined, which may be below what its code begins with.
---@param hit scholiast.Hit
---@return scholiast.Hit
local function opened(hit)
  hit.line = hit.line or hit.start_line
  hit.range.start = { line = hit.line - 1, character = 0 }
  return hit
end

--- Search; what goes wrong is told, and gives no list.
---@param query string
---@param done fun(hits: scholiast.Hit[]?, encoding: string)
---@return scholiast.Request
function M.find(query, done)
  local params = { query = query, limit = config.get().limit }
  return requests.send('scholiast/search', params, function(problem, result, client)
    if problem then
      notice.error(problem)
      done(nil, '')
    else
      done(vim.tbl_map(opened, result.hits), assert(client).offset_encoding)
    end
  end, { before = status.until_searchable(status.teller('searching')) })
end

--- The picker that the user has chosen, or the best that is there.
---@return scholiast.Picker?
---@return string name
function M.picker()
  local chosen = config.get().picker
  local names = chosen == 'auto' and PICKERS or { chosen, 'select' }
  for _, name in ipairs(names) do
    local is_known, picker = pcall(require, 'scholiast.pickers.' .. name)
    if is_known and picker.is_there() then
      return picker, name
    end
  end
  return nil, 'quickfix'
end

--- Search, and show what there is to show.
---@param query string
---@param show fun(hits: scholiast.Hit[], encoding: string)
local function find_and(query, show)
  M.find(query, function(hits, encoding)
    if hits and #hits > 0 then
      show(hits, encoding)
    elseif hits then
      notice.info('nothing found for ' .. query)
    end
  end)
end

---@param query string
local function into_quickfix(query)
  find_and(query, function(hits, encoding)
    jump.quickfix('Scholiast: ' .. query, jump.items(hits, encoding, M.describe))
  end)
end

---@param query string
---@param picker scholiast.Picker
local function pick(query, picker)
  local search = { query = query, hits = {}, encoding = 'utf-16', find = M.find, describe = M.describe, open = open }
  if query == '' and picker.is_live then
    picker.pick(search)
    return
  end
  find_and(query, function(hits, encoding)
    picker.pick(vim.tbl_extend('force', search, { hits = hits, encoding = encoding }))
  end)
end

--- Search the code, and show what is found. Without a query, pickers that can search with each key.
---@param query string
---@param options? { quickfix?: boolean }
function M.search(query, options)
  local wants_quickfix = (options and options.quickfix) or config.get().picker == 'quickfix'
  local picker = not wants_quickfix and M.picker() or nil
  local function go(text)
    if picker then
      pick(text, picker)
    else
      into_quickfix(text)
    end
  end
  if query ~= '' or (picker and picker.is_live) then
    go(query)
    return
  end
  vim.ui.input({ prompt = 'Search the code: ' }, function(text)
    if text and vim.trim(text) ~= '' then
      go(vim.trim(text))
    end
  end)
end

return M
