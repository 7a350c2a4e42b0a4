--- Asks questions, and writes the answers down as they come. Must not know how pages are drawn.

local actions = require('scholiast.answer.actions')
local marks = require('scholiast.answer.marks')
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
---@field request? scholiast.Request

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
      if delta.reset then
        pages.clear(found.turn)
      end
      pages.append(found.turn, delta.text)
    end)
  end
end

vim.lsp.handlers['scholiast/answerDelta'] = function(_, delta)
  take_in(delta)
end

--- `llama · house-style (×1.0) · 4 citations verified · 2.1 s`
---@param answer scholiast.Answer
---@return string
local function summary(answer)
  local scale, took = answer.provenance.adapter_scale, (answer.provenance.timings_ms or {}).total
  local parts = { answer.engine }
  if answer.adapter then
    table.insert(parts, scale and ('%s (×%.1f)'):format(answer.adapter, scale) or answer.adapter)
  end
  table.insert(parts, answer.found and marks.tally(answer.citations) or 'nothing found')
  if took then
    table.insert(parts, took < 1000 and ('%d ms'):format(math.ceil(took)) or ('%.1f s'):format(took / 1000))
  end
  return table.concat(parts, ' · ')
end

--- Say why there is no answer where the question stands, or as a message where nobody would see it.
---@param turn scholiast.Turn?
---@param problem string
local function fail(turn, problem)
  if turn then
    pages.tell(turn, 'no answer')
    window.following(turn.page.buffer, function()
      pages.fail(turn, problem)
    end)
  end
  if not turn or #vim.fn.win_findbuf(turn.page.buffer) == 0 then
    notice.error(problem)
  end
end

---@param id string
---@param problem string?
---@param answer scholiast.Answer
---@param client vim.lsp.Client?
local function conclude(id, problem, answer, client)
  local found = running[id]
  running[id] = nil
  if problem then
    fail(found and found.turn, problem)
    return
  elseif not found then
    return
  end
  local page = found.turn.page
  client = assert(client)
  page.client_id, page.encoding = client.id, client.offset_encoding
  for _, citation in ipairs(answer.citations) do
    citation.encoding = client.offset_encoding
  end
  window.following(page.buffer, function()
    pages.finish(found.turn, answer)
  end)
  window.settle(page.buffer, found.turn.heading_row)
  found.turn.summary = summary(answer)
  pages.tell(found.turn, found.turn.summary)
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
  actions.map(page)
  vim.api.nvim_create_autocmd('BufWipeout', {
    buffer = page.buffer,
    callback = function()
      M.stop(page)
    end,
  })
  return page
end

--- Write a question down, where the answer will be seen.
---@param page scholiast.Page
---@param title string
---@return scholiast.Turn
local function begin(page, title)
  local shown = window.open(page.buffer)
  local turn = pages.begin(page, title)
  vim.api.nvim_win_set_cursor(shown, { vim.api.nvim_buf_line_count(page.buffer), 0 })
  return turn
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
  local client, problem = requests.reach({
    buffer = options.page and vim.api.nvim_buf_is_valid(options.page.source) and options.page.source or nil,
    client_id = options.page and options.page.client_id,
  })
  if not client then
    notice.error(assert(problem))
    return
  end
  options.page, count = options.page or new_page(), count + 1
  local id = ('neovim-%d-%d-%d'):format(os.time(), vim.fn.getpid(), count) -- what was said of an answer is kept by it
  local params = params_for(question, id, options)
  local turn = begin(options.page, options.title or question)
  pages.tell(turn, client.initialized and 'reading the code …' or 'starting the language server …')
  running[id] = { turn = turn }
  running[id].request = requests.send('scholiast/ask', params, function(...)
    conclude(id, ...)
  end, { client_id = client.id, before = once_there_is_an_index(id) })
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

--- Stop what is being answered, on one page or on all.
---@param page? scholiast.Page
---@return integer how many answers that were
function M.stop(page)
  local stopped = 0
  for id, found in pairs(running) do
    if not page or found.turn.page == page then
      running[id] = nil
      requests.cancel(assert(found.request))
      pages.tell(found.turn, 'stopped')
      stopped = stopped + 1
    end
  end
  return stopped
end

return M
