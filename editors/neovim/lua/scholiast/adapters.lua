--- Which adapter answers are written with. Must not know what an adapter is made of.

local notice = require('scholiast.notice')
local requests = require('scholiast.requests')
local server = require('scholiast.server')
local versions = require('scholiast.versions')

local M = {}

local COMPLETION_TIMEOUT_MS = 300
local NONE = 'none'

---@class scholiast.AdapterChoice
---@field name? string
---@field label string

---@param found scholiast.Adapters
---@return scholiast.AdapterChoice[]
local function choices(found)
  local is_any_selected = vim.iter(found.adapters):any(function(adapter)
    return adapter.selected
  end)
  local list = { { label = ('%s no adapter'):format(is_any_selected and ' ' or '*') } }
  for _, adapter in ipairs(found.adapters) do
    local parts = { (adapter.selected and '* ' or '  ') .. adapter.name, ('×%.1f'):format(adapter.scale) }
    if #adapter.tasks > 0 then
      table.insert(parts, table.concat(adapter.tasks, ', '))
    end
    if adapter.problem then
      table.insert(parts, adapter.problem)
    end
    table.insert(list, { name = adapter.name, label = table.concat(parts, '  ') })
  end
  return list
end

--- Write with an adapter from now on, or with none.
---@param name? string
function M.select(name)
  requests.send('scholiast/selectAdapter', { name = name or vim.NIL }, function(problem)
    if problem then
      notice.error(problem)
    else
      notice.info(('answers are written with %s from now on'):format(name or 'no adapter'))
    end
  end)
end

--- Let the user choose among those that there are.
local function choose()
  requests.send('scholiast/adapters', vim.empty_dict(), function(problem, found)
    if problem then
      notice.error(problem)
      return
    elseif #found.adapters == 0 then
      notice.info(('there is no adapter; answers by %s'):format(found.engine))
      return
    end
    local options = {
      prompt = 'Adapter',
      kind = 'scholiast.adapter',
      format_item = function(choice)
        return choice.label
      end,
    }
    vim.ui.select(choices(found), options, function(choice)
      if choice then
        M.select(choice.name)
      end
    end)
  end)
end

--- For `:Scholiast adapter [name]`.
---@param name string
function M.run(name)
  if name == '' then
    choose()
  else
    M.select(name ~= NONE and name or nil)
  end
end

--- Names for the command line; nothing where no server runs, as completing starts none.
---@return string[]
function M.names()
  local client = server.find(vim.api.nvim_get_current_buf())
  if not client or not client.initialized then
    return {}
  end
  local params = vim.empty_dict()
  local answered = versions.call(client, 'request_sync', 'scholiast/adapters', params, COMPLETION_TIMEOUT_MS, 0)
  local names = { NONE }
  for _, adapter in ipairs(answered and answered.result and answered.result.adapters or {}) do
    table.insert(names, adapter.name)
  end
  return names
end

return M
