-- What a person does in the editor, as functions that wait for the outcome and say how long it took. Every wait has a
-- deadline and ends with its condition. Must not know how it is called, nor what a test expects.

local M = { deltas = {}, statuses = {}, progress = {}, requests = {} }
local methods_take_self = vim.fn.has('nvim-0.11') == 1
local INTERVAL_MS = 5

local function wait(timeout_ms, condition, what)
  if not vim.wait(timeout_ms, condition, INTERVAL_MS) then
    error(('after %d ms there is still no %s'):format(timeout_ms, what), 0)
  end
end

local function milliseconds_since(started)
  return (vim.uv.hrtime() - started) / 1e6
end

local function floating_window()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      return window
    end
  end
end

local function text_of(buffer)
  return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\n')
end

--- Remember what the server tells from now on, as a plugin would show it.
function M.listen()
  vim.lsp.handlers['scholiast/answerDelta'] = function(_, delta)
    table.insert(M.deltas, delta)
  end
  vim.lsp.handlers['scholiast/statusChanged'] = function(_, status)
    table.insert(M.statuses, status)
  end
  vim.api.nvim_create_autocmd('LspProgress', {
    callback = function(event)
      table.insert(M.progress, event.data.params.value)
    end,
  })
end

--- Note how long each request takes from now on, the editor's own included.
function M.listen_to_requests()
  local started = {}
  vim.api.nvim_create_autocmd('LspRequest', {
    callback = function(event)
      local id, request = event.data.request_id, event.data.request
      if request.type == 'pending' then
        started[id] = vim.uv.hrtime()
      elseif request.type == 'complete' and started[id] then
        table.insert(M.requests, { request.method, milliseconds_since(started[id]) })
      end
    end,
  })
end

--- The requests that were answered since this was last asked: method and milliseconds of each.
function M.requests_since_last_time()
  local answered = M.requests
  M.requests = {}
  return answered
end

--- What was told since `listen`: a list by name.
function M.heard(name)
  return M[name]
end

--- Open a file and put the cursor on the first place where a name stands, from a line on.
function M.open(path, name, line)
  vim.cmd.edit(vim.fn.fnameescape(path))
  vim.fn.cursor(line, 1)
  if vim.fn.search([[\V\<]] .. name .. [[\>]], 'cW') == 0 then
    error(('%s does not name %s'):format(path, name), 0)
  end
end

function M.client()
  return vim.lsp.get_clients({ name = 'scholiast' })[1]
end

--- Wait until the server of the current buffer has answered `initialize`; answer what it said of itself.
function M.attach(timeout_ms)
  local is_there = vim.wait(timeout_ms, function()
    local client = vim.lsp.get_clients({ name = 'scholiast', bufnr = 0 })[1]
    return client and client.initialized
  end, INTERVAL_MS)
  if not is_there then
    error('no language server answers: ' .. M.messages(), 0)
  end
  local client = M.client()
  return { encoding = client.offset_encoding, capabilities = client.server_capabilities }
end

--- One request of the current buffer's server, answered: `{ result, error, took_ms }`.
function M.request(method, params, timeout_ms)
  local client, started, answered = M.client(), vim.uv.hrtime(), nil
  local function handler(failure, result)
    answered = { error = failure, result = result, took_ms = milliseconds_since(started) }
  end
  local buffer = vim.api.nvim_get_current_buf()
  if methods_take_self then
    client:request(method, params, handler, buffer)
  else
    client.request(method, params, handler, buffer)
  end
  wait(timeout_ms, function()
    return answered
  end, 'answer to ' .. method)
  return answered
end

--- Begin a request, and cancel it at once.
function M.cancelled_request(method, params)
  local client = M.client()
  local function handler() end
  if methods_take_self then
    local _, id = client:request(method, params, handler)
    client:cancel_request(id)
  else
    local _, id = client.request(method, params, handler)
    client.cancel_request(id)
  end
end

--- Wait until the index holds everything; answer the status that says so.
function M.wait_until_ready(timeout_ms)
  local started = vim.uv.hrtime()
  local status
  repeat
    local answered = M.request('scholiast/status', vim.empty_dict(), timeout_ms)
    status = answered.result
    if not status then
      error('no status: ' .. vim.inspect(answered.error), 0)
    elseif status.state == 'ready' and status.files > 0 then
      return status
    end
    local heard = #M.statuses
    vim.wait(100, function() -- a change of status ends the wait; a client that hears of none asks again
      return #M.statuses > heard
    end, INTERVAL_MS)
  until milliseconds_since(started) > timeout_ms
  error('the index is still not ready: ' .. vim.inspect(status), 0)
end

--- Neovim's own hover at the cursor: what its window shows.
function M.hover(timeout_ms)
  local started, window = vim.uv.hrtime(), nil
  vim.lsp.buf.hover()
  wait(timeout_ms, function()
    window = floating_window()
    return window
  end, 'hover')
  local shown = { text = text_of(vim.api.nvim_win_get_buf(window)), took_ms = milliseconds_since(started) }
  vim.api.nvim_win_close(window, true)
  return shown
end

--- Neovim's own search for symbols: what its quickfix list shows.
function M.symbols(query, timeout_ms)
  vim.fn.setqflist({}, 'r')
  local started = vim.uv.hrtime()
  vim.lsp.buf.workspace_symbol(query)
  wait(timeout_ms, function()
    return #vim.fn.getqflist() > 0
  end, 'symbol for ' .. query)
  local items = vim.tbl_map(function(item)
    return { path = vim.api.nvim_buf_get_name(item.bufnr), line = item.lnum, text = item.text }
  end, vim.fn.getqflist())
  vim.cmd.cclose()
  return { items = items, took_ms = milliseconds_since(started) }
end

--- A command of the server that ends in a document: its text, once it stands in a window.
function M.command_document(command, arguments, timeout_ms)
  local started, known = vim.uv.hrtime(), {}
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    known[buffer] = true
  end
  local answered = M.request('workspace/executeCommand', { command = command, arguments = arguments }, timeout_ms)
  if answered.error then
    error(('%s: %s'):format(command, vim.inspect(answered.error)), 0)
  end
  local shown
  wait(timeout_ms, function()
    for _, window in ipairs(vim.api.nvim_list_wins()) do
      local buffer = vim.api.nvim_win_get_buf(window)
      if not known[buffer] and vim.bo[buffer].filetype == 'markdown' and text_of(buffer) ~= '' then
        shown = { name = vim.api.nvim_buf_get_name(buffer), text = text_of(buffer) }
        return true
      end
    end
  end, 'document of ' .. command)
  shown.took_ms = milliseconds_since(started)
  return shown
end

--- Neovim's own way to what is named in the text, with its line: where it leads.
function M.follow(text)
  vim.fn.cursor(1, 1)
  if vim.fn.search([[\V]] .. text, 'cW') == 0 then
    error('nothing here names ' .. text, 0)
  end
  vim.cmd('normal! gF')
  return { path = vim.api.nvim_buf_get_name(0), line = vim.fn.line('.') }
end

--- The one code action at the cursor whose title holds a text, taken from Neovim's own list; then the buffer's lines.
function M.take_action(title, timeout_ms)
  local before = vim.b.changedtick
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action)
      return action.title:find(title, 1, true)
    end,
  })
  wait(timeout_ms, function()
    return vim.b.changedtick ~= before
  end, 'change by ' .. title)
  return vim.api.nvim_buf_get_lines(0, 0, -1, false)
end

--- Put lines below the last one of the current buffer, without saving it.
function M.append(lines)
  vim.api.nvim_buf_set_lines(0, -1, -1, false, lines)
end

--- What the editor has shown as messages, errors among them.
function M.messages()
  return vim.fn.execute('messages')
end

return M
