--- Requests to the server, which is started when none runs. Must not know what they are about.

local notice = require('scholiast.notice')
local server = require('scholiast.server')
local versions = require('scholiast.versions')

local M = {}

local START_TIMEOUT_MS = 30000
local START_POLL_MS = 20 -- a server that starts takes some hundred
local METHOD_NOT_FOUND = -32601

---@class scholiast.Request
---@field done fun(problem: string?, result: any, client: vim.lsp.Client?) called once and later, never after `cancel`
---@field client? vim.lsp.Client
---@field id? integer
---@field is_ready? boolean whether its server has answered `initialize`
---@field is_over boolean

---@class scholiast.RequestOptions
---@field buffer? integer of the folder to ask; the current one by default
---@field client_id? integer the very server to ask
---@field before? fun(request: scholiast.Request, go_on: fun()) what has to be waited for until it is sent

---@type table<scholiast.Request, true>
local pending = {}

---@param request scholiast.Request
---@param problem string?
---@param result any
local function finish(request, problem, result)
  if not request.is_over then
    request.is_over = true
    pending[request] = nil
    request.done(problem, result, request.client)
  end
end

--- What went wrong, in words for the user.
---@param method string
---@param failure lsp.ResponseError
---@return string
local function explained(method, failure)
  if failure.code == METHOD_NOT_FOUND then
    return ('this language server does not know %s: it is older than the plugin, update it'):format(method)
  end
  return failure.message
end

---@param request scholiast.Request
---@param method string
---@param params table|fun(client: vim.lsp.Client): table
local function post(request, method, params)
  if request.is_over then
    return
  end
  local client = assert(request.client)
  local filled = type(params) == 'function' and params(client) or params
  local is_sent, id = versions.call(client, 'request', method, filled, function(failure, result)
    if failure then
      finish(request, explained(method, failure))
    else
      finish(request, nil, versions.plain(result))
    end
  end)
  request.id = id
  if not is_sent then
    finish(request, 'the language server has ended: try again')
  end
end

--- Go on as soon as the server has answered `initialize`.
---@param request scholiast.Request
---@param deadline integer
---@param go_on fun()
local function when_ready(request, deadline, go_on)
  local client = assert(request.client)
  if request.is_over then
    return
  elseif client.initialized then
    go_on()
  elseif versions.call(client, 'is_stopped') then
    finish(request, 'the language server does not start: ' .. vim.lsp.get_log_path() .. ' says why')
  elseif vim.uv.now() > deadline then
    finish(request, 'the language server does not answer: see `scholiast doctor`')
  else
    vim.defer_fn(function()
      when_ready(request, deadline, go_on)
    end, START_POLL_MS)
  end
end

--- The server to ask, which is started when none runs.
---@param options scholiast.RequestOptions
---@return vim.lsp.Client?
---@return string? problem
function M.reach(options)
  local known = options.client_id and vim.lsp.get_client_by_id(options.client_id)
  if known and not versions.call(known, 'is_stopped') then
    return known
  end
  local buffer = options.buffer or vim.api.nvim_get_current_buf()
  local running = server.find(buffer)
  local root = running and running.root_dir or server.root(buffer)
  if not root then
    return running, not running and server.NO_ROOT or nil
  end
  return server.start(root, buffer)
end

--- Ask the server.
---@param method string
---@param params table|fun(client: vim.lsp.Client): table a function where they depend on the client's encoding
---@param done fun(problem: string?, result: any, client: vim.lsp.Client?)
---@param options? scholiast.RequestOptions
---@return scholiast.Request
function M.send(method, params, done, options)
  local request = { done = done, is_over = false } ---@type scholiast.Request
  pending[request] = true
  local client, problem = M.reach(options or {})
  if not client then
    vim.schedule(function()
      finish(request, problem)
    end)
    return request
  end
  request.client = client
  when_ready(request, vim.uv.now() + START_TIMEOUT_MS, function()
    request.is_ready = true
    local function go_on()
      post(request, method, params)
    end
    if options and options.before then
      options.before(request, go_on)
    else
      go_on()
    end
  end)
  return request
end

--- Run a command of the server; what goes wrong is told.
---@param command string
---@param arguments any[]|fun(client: vim.lsp.Client): any[]
---@param done? fun(result: any)
---@param options? scholiast.RequestOptions
---@return scholiast.Request
function M.execute(command, arguments, done, options)
  return M.send('workspace/executeCommand', function(client)
    local list = type(arguments) == 'function' and arguments(client) or arguments
    return { command = command, arguments = list }
  end, function(problem, result)
    if problem then
      notice.error(problem)
    elseif done then
      done(result)
    end
  end, options)
end

--- Give a request up; its `done` is not called any more.
---@param request scholiast.Request
function M.cancel(request)
  if request.is_over then
    return
  end
  request.is_over = true
  pending[request] = nil
  if request.id and request.client then
    versions.call(request.client, 'cancel_request', request.id)
  end
end

--- Give up everything that is under way; answer how much that was.
---@return integer
function M.cancel_all()
  local requests = vim.tbl_keys(pending)
  vim.tbl_map(M.cancel, requests)
  return #requests
end

server.on_end(function(client_id)
  for _, request in ipairs(vim.tbl_keys(pending)) do
    if request.client and request.client.id == client_id and request.is_ready then
      finish(request, 'the language server has ended before it had answered: ask again')
    end
  end
end)

return M
