--- Finds the language server, starts it, and starts it again when it dies. Must not know what it is asked.
---
--- Nothing that a repository brings along is ever run: the command is the user's own, or found on PATH.

local config = require('scholiast.config')
local notice = require('scholiast.notice')
local versions = require('scholiast.versions')

local M = {}

M.NAME = 'scholiast'
M.NO_ROOT = 'no repository is here: open a file in one, or put an empty .scholiast.toml into the folder to index'

local RESTARTS_MAX = 3
local RESTARTS_WINDOW_MS = 180000

---@type table<string, integer[]> when servers were started again, by root
local restarts = {}
---@type table<string, integer> clients that were started, by root; get_clients() tells of those that have answered only
local started = {}
---@type fun(client_id: integer)[]
local listeners = {}

--- Be told when a server has ended, however it did.
---@param listener fun(client_id: integer)
function M.on_end(listener)
  table.insert(listeners, listener)
end

---@param client_id integer
function M.tell_of_end(client_id)
  for _, listener in ipairs(listeners) do
    listener(client_id)
  end
end

--- The command to start, and what is wrong with it, in words.
---@return string[] command
---@return string? problem
function M.command()
  local own = config.get().cmd
  if #own > 0 then
    local is_there = vim.fn.executable(own[1]) == 1
    return own, not is_there and ('`%s` can not be run: mend `cmd` in vim.g.scholiast'):format(own[1]) or nil
  end
  local places = { 'scholiast', vim.fs.normalize('~/.local/bin/scholiast') } -- where pipx and uv put it, PATH or not
  if vim.env.VIRTUAL_ENV then
    table.insert(places, 2, vim.fs.joinpath(vim.env.VIRTUAL_ENV, 'bin', 'scholiast'))
  end
  for _, place in ipairs(places) do
    if vim.fn.executable(place) == 1 then
      return { place, 'serve' }
    end
  end
  local advice = 'install it (pipx install scholiast) or set `cmd` in vim.g.scholiast'
  return { 'scholiast', 'serve' }, 'no language server: `scholiast` is not on PATH; ' .. advice
end

--- The folder that a buffer belongs to; without a file the one of the current directory.
---@param buffer integer
---@return string?
function M.root(buffer)
  local is_file = vim.bo[buffer].buftype == '' and vim.api.nvim_buf_get_name(buffer) ~= ''
  return vim.fs.root(is_file and buffer or vim.fn.getcwd(), config.get().root_markers)
end

--- Starts the server that is found by then, for the case that none is now: Neovim 0.12 passes over commands that can't
--- be run without a word.
---@param dispatchers vim.lsp.rpc.Dispatchers
---@return vim.lsp.rpc.PublicClient
local function start_found(dispatchers)
  return vim.lsp.rpc.start((M.command()), dispatchers)
end

--- What `vim.lsp.config` holds under the name of the server.
---@return vim.lsp.Config
function M.config()
  local settings = config.get().settings
  local command, problem = M.command()
  return {
    name = M.NAME,
    cmd = problem and start_found or command,
    root_dir = M.attach_to,
    settings = { [M.NAME] = settings },
    init_options = next(settings) and settings or vim.empty_dict(),
    on_exit = M.revive,
    commands = require('scholiast.codeactions'),
  }
end

--- For |lsp-root_dir()|: files of repositories alone, and silence where there is no server, after one message.
---@param buffer integer
---@param on_dir fun(root: string)
function M.attach_to(buffer, on_dir)
  local root = vim.bo[buffer].buftype == '' and vim.api.nvim_buf_get_name(buffer) ~= '' and M.root(buffer)
  if not root then
    return
  end
  local problem = M.problem_of(M.resolved().cmd)
  if problem then
    vim.notify_once('Scholiast: ' .. problem, vim.log.levels.WARN)
  else
    on_dir(root)
  end
end

--- Our configuration, with what the user has changed by `vim.lsp.config()`.
---@return vim.lsp.ClientConfig
function M.resolved()
  ---@diagnostic disable-next-line: undefined-field
  local known = versions.has_lsp_config and vim.lsp.config[M.NAME] ---@type vim.lsp.ClientConfig?
  return known and vim.deepcopy(known) or M.config()
end

---@param cmd any
---@return string? problem
function M.problem_of(cmd)
  local _, problem = M.command()
  if cmd == start_found then
    return problem
  elseif type(cmd) == 'table' and vim.fn.executable(cmd[1]) == 0 then
    return problem or ('`%s` can not be run'):format(cmd[1])
  end
end

--- Start the server by itself for every file of a repository, in any Neovim.
function M.enable()
  if versions.has_lsp_config then
    vim.lsp.enable(M.NAME)
    return
  end
  local function attach(buffer)
    M.attach_to(buffer, function(root)
      M.start(root, buffer)
    end)
  end
  local group = vim.api.nvim_create_augroup('scholiast.enable', {})
  vim.api.nvim_create_autocmd('FileType', {
    group = group,
    callback = function(event)
      attach(event.buf)
    end,
  })
  vim.tbl_map(attach, vim.tbl_filter(vim.api.nvim_buf_is_loaded, vim.api.nvim_list_bufs()))
end

--- The running server for a buffer: its own, the one of its folder, or the only one where there is no folder.
---@param buffer integer
---@return vim.lsp.Client?
function M.find(buffer)
  local running = vim.tbl_filter(function(client)
    return not versions.call(client, 'is_stopped')
  end, vim.lsp.get_clients({ name = M.NAME }))
  local root = M.root(buffer)
  local just_started = root and started[root] and vim.lsp.get_client_by_id(started[root])
  if just_started and not versions.call(just_started, 'is_stopped') then
    table.insert(running, just_started)
  end
  for _, client in ipairs(running) do
    if client.attached_buffers[buffer] or (root and M.holds(client, root)) then
      return client
    end
  end
  return not root and #running == 1 and running[1] or nil
end

---@param client vim.lsp.Client
---@param root string
---@return boolean
function M.holds(client, root)
  return vim.iter(client.workspace_folders or {}):any(function(folder)
    return folder.uri == vim.uri_from_fname(root)
  end)
end

--- Start a server for a folder, or take the one that runs, and let a buffer of a file have it.
---@param root string
---@param buffer integer
---@return vim.lsp.Client?
---@return string? problem
function M.start(root, buffer)
  local options = M.resolved()
  local problem = M.problem_of(options.cmd)
  if problem then
    return nil, problem
  end
  options.name, options.root_dir = M.NAME, root
  local client = M.find(buffer)
  local id = client and client.id or M.launch(options)
  client = id and vim.lsp.get_client_by_id(id)
  if not client then
    return nil, ('the language server can not be started: see %s'):format(vim.lsp.get_log_path())
  end
  started[root] = id
  if vim.bo[buffer].buftype == '' and vim.api.nvim_buf_get_name(buffer) ~= '' then
    vim.lsp.buf_attach_client(buffer, client.id)
  end
  return client
end

--- A client that is attached to nothing yet.
---@param options vim.lsp.ClientConfig
---@return integer?
function M.launch(options)
  if versions.has_lsp_config then
    return vim.lsp.start(options, { attach = false })
  end
  return (vim.lsp.start_client(options))
end

--- After a crash: start the server again for the buffers that it had, but not for ever.
---@param code integer
---@param signal integer
---@param client_id integer
function M.revive(code, signal, client_id)
  local client = vim.lsp.get_client_by_id(client_id)
  local buffers = client and vim.tbl_keys(client.attached_buffers) or {}
  local was_asked_to = code == 0 and (signal == 0 or signal == 15)
  vim.schedule(function()
    M.tell_of_end(client_id)
    if was_asked_to or not client or not client.root_dir or vim.v.exiting ~= vim.NIL then
      return
    end
    if not M.may_restart(client.root_dir) then
      notice.error('the language server keeps dying: see :Scholiast log and `scholiast doctor`')
      return
    end
    local again = vim.tbl_filter(vim.api.nvim_buf_is_loaded, buffers)
    for _, buffer in ipairs(#again > 0 and again or { vim.api.nvim_get_current_buf() }) do
      M.start(client.root_dir, buffer)
    end
    notice.info('the language server had died and was started again')
  end)
end

---@param root string
---@return boolean
function M.may_restart(root)
  local now = vim.uv.now()
  local recent = vim.tbl_filter(function(moment)
    return now - moment < RESTARTS_WINDOW_MS
  end, restarts[root] or {})
  table.insert(recent, now)
  restarts[root] = recent
  return #recent <= RESTARTS_MAX
end

vim.api.nvim_create_autocmd('LspDetach', {
  group = vim.api.nvim_create_augroup('scholiast.server', {}),
  callback = function(event) -- tells of the end of clients that were not configured here too
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == M.NAME and versions.call(client, 'is_stopped') then
      M.tell_of_end(client.id)
    end
  end,
})

return M
