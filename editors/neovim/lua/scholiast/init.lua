--- What the plugin can do, for maps and other plugins; each function says in one line what went wrong.
--- Must not know how any of it is done.

local M = {}

--- Change settings; not needed for anything, `vim.g.scholiast` does the same.
---@param options? scholiast.Options
function M.setup(options)
  require('scholiast.config').set(options)
end

--- Start the language server by itself for files in repositories: hovers, symbols and code actions everywhere.
--- From Neovim 0.11 on the same as `vim.lsp.enable('scholiast')`.
function M.enable()
  require('scholiast.server').enable()
end

--- Answer a question; without one, ask for it first.
---@param question? string
---@param options? scholiast.AskOptions
function M.ask(question, options)
  if question and vim.trim(question) ~= '' then
    require('scholiast.answer').ask(vim.trim(question), options)
    return
  end
  options = options or {}
  options.selection = options.selection or require('scholiast.selection').cursor() -- before the prompt moves anything
  local prompt = options.page and 'Ask on: ' or not options.selection.is_cursor and 'Ask about it: ' or 'Ask the code: '
  vim.ui.input({ prompt = prompt }, function(text)
    if text and vim.trim(text) ~= '' then
      require('scholiast.answer').ask(vim.trim(text), options)
    end
  end)
end

--- Explain a selection, or the definition around the cursor.
---@param selection? scholiast.Selection
function M.explain(selection)
  require('scholiast.answer').explain(selection)
end

--- Search the code; without a query, as you type where the picker can.
---@param query? string
---@param options? { quickfix?: boolean }
function M.search(query, options)
  require('scholiast.search').search(query or '', options)
end

--- Draft a doc comment for the definition at the cursor, or in a selection.
---@param selection? scholiast.Selection
function M.document(selection)
  local selections = require('scholiast.selection')
  local at = selection or selections.cursor()
  if not selections.is_file(at.buffer) then
    require('scholiast.notice').warn('only files can be documented: put the cursor into one')
    return
  end
  local status = require('scholiast.status')
  require('scholiast.requests').execute('scholiast.document', function(client)
    return { vim.uri_from_bufnr(at.buffer), selections.range(at, client.offset_encoding) }
  end, nil, { before = status.until_searchable(status.teller('documenting')) })
end

--- Look at all files again; with `reset`, build the index anew.
---@param options? { reset?: boolean }
function M.index(options)
  local buffer = vim.api.nvim_get_current_buf()
  local uri = require('scholiast.selection').is_file(buffer) and vim.uri_from_bufnr(buffer) or vim.NIL
  local arguments = { uri, { reset = options ~= nil and options.reset == true } }
  require('scholiast.requests').execute('scholiast.reindex', arguments, function()
    require('scholiast.notice').info('looking at all files again')
  end)
end

--- Say how far the index is.
function M.status()
  require('scholiast.status').show()
end

--- Open the log of the language server.
function M.log()
  require('scholiast.requests').execute('scholiast.openLog', {})
end

--- Stop whatever is being answered or looked for.
function M.stop()
  local stopped = require('scholiast.answer').stop() + require('scholiast.requests').cancel_all()
  if stopped == 0 then
    require('scholiast.notice').info('nothing is under way')
  end
end

--- Show the newest answer again.
function M.show()
  require('scholiast.answer.actions').show()
end

--- Say that the answer at the cursor, or the newest one, is good or bad; said twice, it is taken back.
---@param verdict 'good'|'bad'
function M.judge(verdict)
  require('scholiast.answer.judging').judge(verdict)
end

--- Write that answer as it should be.
function M.edit()
  require('scholiast.answer.judging').edit()
end

--- Show what you said of answers and is kept; `forget` deletes it, after asking.
---@param what? 'forget'
function M.feedback(what)
  require('scholiast.answer.judging').feedback(what)
end

--- Put the citations of the answer at the cursor, or of the newest one, into the quickfix list.
function M.quickfix()
  require('scholiast.answer.actions').quickfix()
end

--- For the status line: `scholiast 83 files`, `scholiast 13%`, or nothing.
---@return string
function M.statusline()
  return package.loaded['vim.lsp'] and require('scholiast.status').component() or ''
end

return M
