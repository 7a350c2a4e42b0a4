-- What a recording shows beyond init.lua: how far the index is, and an answer while it is being written. Some thirty
-- lines are all that a client needs for that.
local status, answers = {}, {}

local function client()
  return vim.lsp.get_clients({ name = 'scholiast' })[1]
end

local function request(method, params, handler)
  local running = client()
  if vim.fn.has('nvim-0.11') == 1 then
    running:request(method, params, handler)
  else
    running.request(method, params, handler)
  end
end

function _G.scholiast_status()
  local parts = { 'scholiast: ' .. (status.state or 'starting') }
  if status.message and status.message ~= '' then
    table.insert(parts, status.message)
  end
  if (status.files or 0) > 0 then
    table.insert(parts, ('%d files, %d chunks'):format(status.files, status.chunks))
  end
  return table.concat(parts, ' · ')
end

vim.o.statusline = '%f %m%=%{v:lua.scholiast_status()} '
vim.o.laststatus = 2
vim.lsp.handlers['scholiast/statusChanged'] = function(_, told)
  status = told
  vim.cmd.redrawstatus({ bang = true })
end

local function write(buffer, text)
  local last = vim.api.nvim_buf_get_lines(buffer, -2, -1, false)[1]
  vim.api.nvim_buf_set_text(buffer, -1, #last, -1, #last, vim.split(text, '\n'))
end

vim.lsp.handlers['scholiast/answerDelta'] = function(_, delta)
  local answer = answers[delta.id]
  answer.first = answer.first or vim.uv.hrtime()
  write(answer.buffer, delta.text)
end

--- An answer in a window of its own, as it comes.
function _G.ask(question)
  vim.cmd('botright 15new')
  vim.bo.buftype, vim.bo.filetype, vim.wo.wrap, vim.wo.linebreak = 'nofile', 'markdown', true, true
  local answer = { buffer = vim.api.nvim_get_current_buf(), started = vim.uv.hrtime() }
  answers.recorded = answer
  request('scholiast/ask', { question = question, id = 'recorded' }, function(failure, result)
    local function milliseconds(moment)
      return math.floor((moment - answer.started) / 1e6)
    end
    local told = failure and vim.inspect(failure)
      or ('%d citations; first words after %d ms, checked after %d ms'):format(
        #result.citations,
        milliseconds(answer.first or vim.uv.hrtime()),
        milliseconds(vim.uv.hrtime())
      )
    write(answer.buffer, '\n\n' .. told)
  end)
end

--- A command of the server, which shows its result itself.
function _G.command(name, ...)
  request('workspace/executeCommand', { command = name, arguments = { ... } }, function() end)
end

--- Look for symbols again and again until a file is among them, or is no more; then show them.
function _G.symbols_until(query, path, is_expected)
  request('workspace/symbol', { query = query }, function(_, result)
    local items = vim.lsp.util.symbols_to_items(result or {}, 0, client().offset_encoding)
    local is_found = vim.iter(items):any(function(item)
      return vim.endswith(item.filename, path)
    end)
    if is_found ~= is_expected then
      return vim.defer_fn(function()
        _G.symbols_until(query, path, is_expected)
      end, 20)
    end
    vim.fn.setqflist({}, ' ', { title = ('%s: %s'):format(query, is_found and 'found' or 'gone'), items = items })
    vim.cmd('botright copen')
  end)
end
