--- A conversation as a buffer: questions, the answers as they come, their sources. Must not know windows or requests.

local highlights = require('scholiast.answer.highlights')
local marks = require('scholiast.answer.marks')
local notice = require('scholiast.notice')

local M = {}

M.FILETYPE = 'scholiast'
local PAGES_MAX = 20 -- older conversations are deleted

---@class scholiast.Page
---@field buffer integer
---@field conversation string
---@field turns scholiast.Turn[]
---@field marks table<integer, scholiast.Mark> by extmark
---@field origin integer the window from which was asked
---@field source integer the buffer from which was asked
---@field client_id? integer
---@field encoding? scholiast.Encoding of that client

---@class scholiast.Turn
---@field page scholiast.Page
---@field title string
---@field heading_row integer
---@field note_row integer where is said how far it is
---@field body_row integer
---@field text string what has come so far
---@field note? integer the extmark that says how far it is
---@field answer? scholiast.Answer
---@field summary? string what wrote it, and how many citations hold
---@field said? scholiast.Said

local namespace = vim.api.nvim_create_namespace('scholiast.answer')
local note_namespace = vim.api.nvim_create_namespace('scholiast.answer.note')
---@type table<integer, scholiast.Page> by buffer
local pages = {}
local order = {} ---@type integer[] buffers, the oldest first
local count = 0

--- A page for a new conversation.
---@return scholiast.Page
function M.new()
  count = count + 1
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_name(buffer, ('scholiast://answer/%d'):format(count))
  vim.bo[buffer].undolevels, vim.bo[buffer].modifiable = -1, false
  vim.bo[buffer].filetype = M.FILETYPE
  pages[buffer] = {
    buffer = buffer,
    conversation = ('neovim-%d-%d'):format(vim.fn.getpid(), count),
    origin = vim.api.nvim_get_current_win(),
    source = vim.api.nvim_get_current_buf(),
    turns = {},
    marks = {},
  }
  vim.api.nvim_create_autocmd('BufWipeout', {
    buffer = buffer,
    callback = function()
      pages[buffer] = nil
    end,
  })
  table.insert(order, buffer)
  M.forget_oldest()
  return pages[buffer]
end

--- Keep the newest pages, and whatever is shown.
function M.forget_oldest()
  order = vim.tbl_filter(function(buffer)
    return pages[buffer] ~= nil
  end, order)
  for _, buffer in ipairs({ unpack(order, 1, #order - PAGES_MAX) }) do
    if #vim.fn.win_findbuf(buffer) == 0 then
      vim.api.nvim_buf_delete(buffer, { force = true })
    end
  end
end

--- The page that a buffer is.
---@param buffer? integer
---@return scholiast.Page?
function M.of(buffer)
  return pages[buffer or vim.api.nvim_get_current_buf()]
end

---@return scholiast.Page?
function M.newest()
  for index = #order, 1, -1 do
    if pages[order[index]] then
      return pages[order[index]]
    end
  end
end

---@param page scholiast.Page
---@param change fun()
local function write(page, change)
  if not vim.api.nvim_buf_is_valid(page.buffer) then
    return
  end
  vim.bo[page.buffer].modifiable = true
  change()
  vim.bo[page.buffer].modifiable = false
end

--- Write a question below what is there.
---@param page scholiast.Page
---@param title string
---@return scholiast.Turn
function M.begin(page, title)
  local is_first = #page.turns == 0
  local lines = { '# ' .. vim.trim((title:gsub('%s+', ' '))), '', '', '' }
  local first = is_first and 0 or vim.api.nvim_buf_line_count(page.buffer)
  if not is_first then
    table.insert(lines, 1, '')
  end
  write(page, function()
    vim.api.nvim_buf_set_lines(page.buffer, is_first and 0 or -1, -1, false, lines)
  end)
  local heading_row = first + (is_first and 0 or 1)
  ---@type scholiast.Turn
  local turn = {
    page = page,
    title = title,
    heading_row = heading_row,
    note_row = heading_row + 1,
    body_row = heading_row + 3,
    text = '',
  }
  table.insert(page.turns, turn)
  return turn
end

--- Write on, as text comes.
---@param turn scholiast.Turn
---@param text string
function M.append(turn, text)
  turn.text = turn.text .. text
  write(turn.page, function()
    local last = vim.api.nvim_buf_get_lines(turn.page.buffer, -2, -1, false)[1]
    vim.api.nvim_buf_set_text(turn.page.buffer, -1, #last, -1, #last, vim.split(text, '\n', { plain = true }))
  end)
end

--- Take back what has come so far: what comes next takes its place.
---@param turn scholiast.Turn
function M.clear(turn)
  turn.text = ''
  write(turn.page, function()
    vim.api.nvim_buf_set_lines(turn.page.buffer, turn.body_row, -1, false, { '' })
  end)
end

---@param turn scholiast.Turn
---@param mark scholiast.Mark
local function place(turn, mark)
  local id = vim.api.nvim_buf_set_extmark(turn.page.buffer, namespace, turn.body_row + mark.start[1], mark.start[2], {
    end_row = turn.body_row + mark.stop[1],
    end_col = mark.stop[2],
    hl_group = highlights.group(mark),
    hl_mode = 'combine',
    priority = mark.kind == 'use' and 150 or 200, -- above what Treesitter makes of the Markdown
  })
  turn.page.marks[id] = mark
end

--- What else the user should know; that no model is set the line below the question says anyway.
---@param answer scholiast.Answer
---@return string[]
local function notes(answer)
  local of_engine = answer.engine ~= 'extractive' and answer.provenance.note or ''
  return vim.tbl_filter(function(note)
    return note ~= ''
  end, { answer.note, of_engine })
end

--- Write the answer as it was checked, and its sources.
---@param turn scholiast.Turn
---@param answer scholiast.Answer
function M.finish(turn, answer)
  turn.answer, turn.text = answer, answer.text
  local lines = vim.split(answer.text, '\n', { plain = true })
  for _, note in ipairs(notes(answer)) do
    vim.list_extend(lines, { '', '> ' .. vim.trim((note:gsub('%s+', ' '))) })
  end
  if #answer.citations > 0 then
    table.insert(lines, '')
  end
  local found = marks.in_text(answer.text, answer.citations)
  vim.list_extend(found, marks.without_source(answer.text, answer.sentences or {}, turn.page.encoding or 'utf-16'))
  for _, citation in ipairs(answer.citations) do
    table.insert(found, marks.source(citation, #lines))
    vim.list_extend(lines, marks.source_lines(citation))
  end
  write(turn.page, function()
    vim.api.nvim_buf_set_lines(turn.page.buffer, turn.body_row, -1, false, lines)
    for _, mark in ipairs(found) do
      place(turn, mark)
    end
  end)
end

--- Say how far an answer is, below its question.
---@param turn scholiast.Turn
---@param text string
function M.tell(turn, text)
  local buffer = turn.page.buffer
  if vim.api.nvim_buf_is_valid(buffer) then
    turn.note = vim.api.nvim_buf_set_extmark(buffer, note_namespace, turn.note_row, 0, {
      id = turn.note,
      virt_text = { { text, 'ScholiastNote' } },
      virt_text_pos = 'overlay',
    })
  end
end

--- Say why there is no answer, below what has come of it.
---@param turn scholiast.Turn
---@param problem string
function M.fail(turn, problem)
  local lines = vim.split(problem, '\n', { plain = true })
  if turn.text ~= '' then
    table.insert(lines, 1, '')
  end
  write(turn.page, function()
    local buffer = turn.page.buffer
    local first = turn.text == '' and turn.body_row or vim.api.nvim_buf_line_count(buffer)
    vim.api.nvim_buf_set_lines(buffer, first, -1, false, lines)
    vim.api.nvim_buf_set_extmark(buffer, note_namespace, first, 0, {
      end_row = first + #lines - 1,
      end_col = #lines[#lines],
      hl_group = 'ScholiastProblem',
    })
  end)
end

--- The turn that a line belongs to.
---@param page scholiast.Page
---@param row integer from 0
---@return scholiast.Turn?
function M.turn_at(page, row)
  for index = #page.turns, 1, -1 do
    if page.turns[index].heading_row <= row then
      return page.turns[index]
    end
  end
end

--- The page at hand, else the newest one; where there is none, that is told.
---@return scholiast.Page?
function M.here()
  local page = M.of() or M.newest()
  if not page then
    notice.warn('nothing was asked yet: :Scholiast ask')
  end
  return page
end

--- The turn at the cursor of the page at hand, or its newest one.
---@return scholiast.Turn?
function M.turn_here()
  local page = M.here()
  if not page then
    return nil
  end
  local shown = vim.fn.bufwinid(page.buffer)
  local row = shown > 0 and vim.api.nvim_win_get_cursor(shown)[1] - 1 or vim.api.nvim_buf_line_count(page.buffer)
  return M.turn_at(page, row)
end

--- The mark at a place of the page: the narrowest one there, else the first `[n]` of the line.
---@param page scholiast.Page
---@param row integer
---@param column integer
---@return scholiast.Mark?
function M.mark_at(page, row, column)
  local ranks = { reference = 1, source = 2, use = 3 }
  local best ---@type scholiast.Mark?
  local at = { row, column }
  for _, found in ipairs(vim.api.nvim_buf_get_extmarks(page.buffer, namespace, at, at, { overlap = true })) do
    local mark = page.marks[found[1]]
    if mark and (not best or ranks[mark.kind] < ranks[best.kind]) then
      best = mark
    end
  end
  return best or vim.iter(M.stops(page)):find(function(stop)
    return stop.row == row
  end)
end

--- The places where a citation can be opened, from the top: every `[n]` and every source.
---@param page scholiast.Page
---@return { row: integer, column: integer, citation?: scholiast.Citation, status: string, reason: string }[]
function M.stops(page)
  local stops = {}
  for _, found in ipairs(vim.api.nvim_buf_get_extmarks(page.buffer, namespace, 0, -1, {})) do
    local id, row, column = unpack(found)
    local mark = page.marks[id]
    if mark and mark.kind ~= 'use' then
      table.insert(stops, vim.tbl_extend('force', mark, { row = row, column = column }))
    end
  end
  return stops
end

return M
