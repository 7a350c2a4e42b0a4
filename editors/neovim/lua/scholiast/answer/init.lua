--- Asks questions, and writes the answers down as they come. Must not know how pages are drawn.

local actions = require('scholiast.answer.actions')
local notice = require('scholiast.notice')
local pages = require('scholiast.answer.page')
local requests = require('scholiast.requests')
local selections = require('scholiast.selection')
local status = require('scholiast.status')
local window = require('scholiast.answer.window')

local M = {}

local EXPLAIN = 'Explain this.'

---@class scholiast.AskOptions
---@field selection? scholiast.Selection what the question points at; the cursor by default
---@field page? scholiast.Page the conversation that it belongs to; a new one by default
---@field title? string what stands above the answer; the question by default

---@class scholiast.Running
---@field turn scholiast.Turn
---@field request scholiast.Request

---@type table<string, scholiast.Running> by the id of the answer
local running = {}
local count = 0

---@param delta scholiast.Delta
local function take_in(delta)
  local found = running[delta.id]
  if found then
    if found.turn.text == '' then
      pages.tell(found.turn, 'writing …')
    end
    window.following(found.turn.page.buffer, function()
      pages.append(found.turn, delta.text)
    end)
  end
end

vim.lsp.handlers['scholiast/answerDelta'] = function(_, delta)
  take_in(delta)
end

--- `llama · house-style (×1.0) · 2.1 s`
---@param answer scholiast.Answer
---@return string
local function summary(answer)
  local scale, took = answer.provenance.adapter_scale, (answer.provenance.timings_ms or {}).total
  local parts = { answer.engine }
  if not answer.found then
    table.insert(parts, 1, 'nothing found')
  end
  if answer.adapter then
    table.insert(parts, scale and ('%s (×%.1f)'):format(answer.adapter, scale) or answer.adapter)
  end
  if took then
    table.insert(parts, took < 1000 and ('%d ms'):format(math.ceil(took)) or ('%.1f s'):format(took / 1000))
  end
  return table.concat(parts, ' · ')
end

---@param id string
---@param problem string?
---@param answer scholiast.Answer
---@param client vim.lsp.Client?
local function conclude(id, problem, answer, client)
  local found = running[id]
  running[id] = nil
  if problem then
    notice.error(problem)
  end
  if not found then
    return
  elseif problem then
    pages.tell(found.turn, problem, 'ScholiastProblem')
    return
  end
  local page = found.turn.page
  page.client_id, page.encoding = assert(client).id, client.offset_encoding
  window.following(page.buffer, function()
    pages.finish(found.turn, answer)
  end)
  window.settle(page.buffer, found.turn.heading_row)
  pages.tell(found.turn, summary(answer))
end

---@param question string
---@param id string
---@param options scholiast.AskOptions
---@return fun(client: vim.lsp.Client): table
local function params_for(question, id, options)
  local selection = options.selection or selections.cursor()
  local buffer = selection.buffer
  local conversation = assert(options.page).conversation
  local in_view = selections.in_view(buffer)
  return function(client)
    local params = { question = question, id = id, conversation = conversation, openDocuments = in_view }
    if vim.api.nvim_buf_is_valid(buffer) and selections.is_file(buffer) then
      params.textDocument = { uri = vim.uri_from_bufnr(buffer) }
      params.range = selections.range(selection, client.offset_encoding)
    end
    return params
  end
end

---@param page scholiast.Page
---@return boolean
local function is_busy(page)
  return vim.iter(pairs(running)):any(function(_, found)
    return found.turn.page == page
  end)
end

--- For the request of an answer: wait for the first index, and say so beside the question.
---@param id string
---@return fun(request: scholiast.Request, go_on: fun())
local function once_there_is_an_index(id)
  local function tell(text)
    if running[id] then
      pages.tell(running[id].turn, text)
    end
  end
  local wait = status.until_searchable(function(how_far)
    tell(status.words(how_far))
  end)
  return function(request, go_on)
    wait(request, function()
      tell('reading the code …')
      go_on()
    end)
  end
end

---@return scholiast.Page
local function new_page()
  local page = pages.new()
  page.origin, page.source = vim.api.nvim_get_current_win(), vim.api.nvim_get_current_buf()
  actions.map(page)
  return page
end

--- Answer a question in the window of answers.
---@param question string
---@param options? scholiast.AskOptions
function M.ask(question, options)
  options = vim.tbl_extend('force', {}, options or {})
  if options.page and is_busy(options.page) then
    notice.warn('the answer before is not finished: :Scholiast stop ends it')
    return
  end
  local is_new = not options.page
  local page = options.page or new_page()
  options.page, count = page, count + 1
  local id = ('neovim-%d'):format(count)
  local source = vim.api.nvim_buf_is_valid(page.source or -1) and page.source or nil
  local how = { buffer = source, client_id = page.client_id, before = once_there_is_an_index(id) }
  local request = requests.send('scholiast/ask', params_for(question, id, options), function(problem, answer, client)
    conclude(id, problem, answer, client)
  end, how)
  if not request.is_over then
    M.show(id, request, options.title or question, page)
  elseif is_new then -- there is no server, which was told
    vim.api.nvim_buf_delete(page.buffer, { force = true })
  end
end

--- Write the question down and wait for what comes.
---@param id string
---@param request scholiast.Request
---@param title string
---@param page scholiast.Page
function M.show(id, request, title, page)
  local shown = window.open(page.buffer)
  local turn = pages.begin(page, title)
  vim.api.nvim_win_set_cursor(shown, { vim.api.nvim_buf_line_count(page.buffer), 0 })
  running[id] = { turn = turn, request = request }
  pages.tell(turn, assert(request.client).initialized and 'reading the code …' or 'starting the language server …')
end

--- Explain a selection, or the definition around the cursor.
---@param selection? scholiast.Selection
function M.explain(selection)
  local at = selection or selections.cursor()
  if not selections.is_file(at.buffer) then
    notice.warn('only files can be explained: put the cursor into one')
    return
  end
  local path = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(at.buffer), ':.')
  local lines = at.is_cursor and at.start[1] + 1 or ('%d-%d'):format(at.start[1] + 1, at.stop[1] + 1)
  M.ask(EXPLAIN, { selection = at, title = ('Explain %s:%s'):format(path, lines) })
end

--- Stop what is being answered.
---@return integer how many answers that were
function M.stop()
  local stopped = 0
  for id, found in pairs(running) do
    running[id] = nil
    requests.cancel(found.request)
    pages.tell(found.turn, 'stopped', 'ScholiastProblem')
    stopped = stopped + 1
  end
  return stopped
end

return M
