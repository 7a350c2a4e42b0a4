--- How far the index is: for the status line, and in a message. Must not know how anything is indexed.

local notice = require('scholiast.notice')
local requests = require('scholiast.requests')
local server = require('scholiast.server')
local versions = require('scholiast.versions')

local M = {}

---@type table<integer, scholiast.Status> by client
local statuses = {}
---@type table<integer, true> clients that were asked
local asked = {}

---@class scholiast.Waiting
---@field client_id integer
---@field tell fun(status: scholiast.Status)
---@field go_on fun()

---@type scholiast.Waiting[] what can't be asked before there is an index
local waiting = {}

--- Whether the first index is being made: of nothing, nothing can be said.
---@param status scholiast.Status
---@return boolean
local function is_first_index(status)
  return status.files == 0 and (status.state == 'starting' or status.state == 'indexing')
end

---@param client_id integer
---@param status scholiast.Status?
local function tell_waiting(client_id, status)
  local told = waiting
  waiting = {}
  for _, wait in ipairs(told) do
    if wait.client_id ~= client_id then
      table.insert(waiting, wait)
    elseif status and is_first_index(status) then
      table.insert(waiting, wait)
      wait.tell(status)
    else
      wait.go_on()
    end
  end
end

---@param client_id integer
---@param status scholiast.Status?
local function take_in(client_id, status)
  statuses[client_id] = status
  tell_waiting(client_id, status)
  vim.cmd.redrawstatus({ bang = true })
  vim.api.nvim_exec_autocmds('User', { pattern = 'ScholiastStatus', modeline = false })
end

vim.lsp.handlers['scholiast/statusChanged'] = function(_, status, context)
  take_in(context.client_id, versions.plain(status))
end

server.on_end(function(client_id)
  asked[client_id] = nil
  if statuses[client_id] then
    take_in(client_id, nil)
  end
end)

--- For |scholiast.RequestOptions|: wait until there is an index, and say meanwhile how far it is.
---@param tell fun(status: scholiast.Status)
---@return fun(request: scholiast.Request, go_on: fun())
function M.until_searchable(tell)
  return function(request, go_on)
    local client = assert(request.client)
    requests.send('scholiast/status', vim.empty_dict(), function(problem, status)
      if problem or not is_first_index(status) then
        go_on()
        return
      end
      tell(status)
      table.insert(waiting, { client_id = client.id, tell = tell, go_on = go_on })
    end, { client_id = client.id })
  end
end

--- Says once what waits for the first index; for `until_searchable` of what has no place to say it.
---@param what string
---@return fun(status: scholiast.Status)
function M.teller(what)
  local is_told = false
  return function(status)
    if not is_told then
      is_told = true
      notice.info(('%s as soon as there is an index; %s'):format(what, M.words(status)))
    end
  end
end

--- The state in a few words: `indexing 13 %: 120 of 900 files`.
---@param status scholiast.Status|scholiast.FolderStatus
---@return string
function M.words(status)
  local state = status.percent and ('%s %d %%'):format(status.state, status.percent) or status.state
  return status.message ~= '' and ('%s: %s'):format(state, status.message) or state
end

---@param number integer
---@return string
local function grouped(number)
  return (tostring(number):reverse():gsub('(%d%d%d)', '%1,'):reverse():gsub('^,', ''))
end

--- The server that a buffer has, or the only one; without a look at any file, as status lines are drawn often.
---@param buffer integer
---@return vim.lsp.Client?
local function client_of(buffer)
  local running = vim.lsp.get_clients({ name = server.NAME })
  return vim.lsp.get_clients({ name = server.NAME, bufnr = buffer })[1] or (#running == 1 and running[1] or nil)
end

--- What the server of a buffer has told last; asks it once where it has told nothing yet.
---@param buffer integer
---@return scholiast.Status?
function M.of(buffer)
  local client = client_of(buffer)
  if not client then
    return nil
  end
  if not asked[client.id] then
    asked[client.id] = true
    requests.send('scholiast/status', vim.empty_dict(), function(problem, status)
      if not problem then
        take_in(client.id, status)
      end
    end, { client_id = client.id })
  end
  return statuses[client.id]
end

--- For the status line: short, and empty where there is no server.
---@return string
function M.component()
  local buffer = vim.api.nvim_win_get_buf(vim.g.statusline_winid or 0)
  local status = M.of(buffer)
  if not status then
    return ''
  elseif status.state == 'indexing' then
    return status.percent and ('scholiast %d%%%%'):format(status.percent) or 'scholiast indexing'
  elseif status.state == 'ready' then
    return ('scholiast %s files'):format(grouped(status.files))
  end
  return 'scholiast ' .. status.state
end

---@param folder scholiast.FolderStatus
---@param status scholiast.Status
---@return string
local function line_for(folder, status)
  local counts = ('%s files, %s chunks'):format(grouped(folder.files), grouped(folder.chunks))
  local engine = status.engine .. (status.adapter and (' with ' .. status.adapter) or '')
  return table.concat({ ('%s: %s'):format(folder.name, M.words(folder)), counts, 'answers by ' .. engine }, ' · ')
end

--- Say how far the index of each folder is.
function M.show()
  requests.send('scholiast/status', vim.empty_dict(), function(problem, status)
    if problem then
      notice.error(problem)
      return
    end
    for _, folder in ipairs(status.folders or {}) do
      notice.info(line_for(folder, status))
    end
    if #(status.folders or {}) == 0 then
      notice.info(status.message)
    end
  end)
end

return M
