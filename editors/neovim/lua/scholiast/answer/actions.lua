--- What can be done in a window of answers, and its maps. Must not know how answers are made.

local config = require('scholiast.config')
local judging = require('scholiast.answer.judging')
local jump = require('scholiast.jump')
local marks = require('scholiast.answer.marks')
local notice = require('scholiast.notice')
local pages = require('scholiast.answer.page')
local window = require('scholiast.answer.window')

local M = {}

local QUOTE_LINES_MAX = 30
local FENCE = '````' -- one longer than those that a cited document may hold

---@param page scholiast.Page
---@return scholiast.Mark?
local function mark_at_cursor(page)
  local row, column = unpack(vim.api.nvim_win_get_cursor(0))
  local mark = pages.mark_at(page, row - 1, column)
  if not mark then
    notice.info('no citation is here: <Tab> goes to the next one')
  end
  return mark
end

--- Open the citation at the cursor.
function M.open()
  local page = pages.of()
  local mark = page and mark_at_cursor(page)
  if not page or not mark then
    return
  end
  if not mark.citation then
    notice.warn(marks.words(mark))
  elseif mark.citation.uri then
    jump.open(mark.citation, window.for_file(page.origin))
  else
    notice.warn(('[%d] leads nowhere: %s'):format(mark.citation.n, mark.citation.reason))
  end
end

--- The first lines of what is cited, without the indentation that all of them share.
---@param quote string
---@return string[]
local function quoted(quote)
  local lines = vim.list_slice(vim.split(quote, '\n', { plain = true }), 1, QUOTE_LINES_MAX)
  local shared = #quote
  for _, line in ipairs(lines) do
    if line:find('%S') then
      shared = math.min(shared, #line:match('^%s*'))
    end
  end
  return vim.tbl_map(function(line)
    return line:sub(shared + 1)
  end, lines)
end

--- Show the citation at the cursor in a float: what it cites, and whether it holds.
function M.preview()
  local page = pages.of()
  local mark = page and mark_at_cursor(page)
  if not mark then
    return
  end
  local citation = mark.citation
  if not citation then
    notice.warn(marks.words(mark))
    return
  end
  local heading = vim.trim(('%s  %s'):format(marks.place(citation), citation.symbol))
  local lines = { heading, marks.status(mark), '', FENCE .. (vim.filetype.match({ filename = citation.path }) or '') }
  vim.list_extend(lines, quoted(citation.quote))
  table.insert(lines, FENCE)
  local options = { focus_id = 'scholiast.citation', border = 'rounded' }
  local buffer, float = vim.lsp.util.open_floating_preview(lines, 'markdown', options)
  window.fit(float, buffer)
end

--- Move the cursor to the next place that cites, or to the one before.
---@param step 1|-1
function M.go(step)
  local page = pages.of()
  local stops = page and pages.stops(page) or {}
  local row, column = unpack(vim.api.nvim_win_get_cursor(0))
  local function is_behind(stop)
    return stop.row > row - 1 or (stop.row == row - 1 and stop.column > column)
  end
  local function is_before(stop)
    return stop.row < row - 1 or (stop.row == row - 1 and stop.column < column)
  end
  local ordered = vim.iter(stops)
  local stop = step > 0 and ordered:find(is_behind) or step < 0 and ordered:rev():find(is_before)
  if stop then
    vim.api.nvim_win_set_cursor(0, { stop.row + 1, stop.column })
  end
end

--- Put the citations of the answer at the cursor, or of the newest one, into the quickfix list.
function M.quickfix()
  local turn = pages.turn_here()
  if not turn or not turn.answer then
    return
  end
  local items = jump.items(turn.answer.citations, function(citation)
    return ('[%d] %s %s'):format(citation.n, citation.symbol, marks.status(citation))
  end)
  jump.quickfix('Scholiast: ' .. turn.title, items)
end

--- Show the newest page again.
function M.show()
  local page = pages.here()
  if page then
    window.open(page.buffer)
  end
end

---@type table<string, { [1]: fun(), desc: string }>
local MAPS = {
  ['<CR>'] = { M.open, desc = 'Open the citation' },
  ['gd'] = { M.open, desc = 'Open the citation' },
  ['K'] = { M.preview, desc = 'Show what is cited, and whether it holds' },
  ['<Tab>'] = {
    function()
      M.go(1)
    end,
    desc = 'Next citation',
  },
  ['<S-Tab>'] = {
    function()
      M.go(-1)
    end,
    desc = 'Previous citation',
  },
  ['<C-q>'] = { M.quickfix, desc = 'Citations into the quickfix list' },
  ['a'] = {
    function()
      require('scholiast').ask('', { page = pages.of() })
    end,
    desc = 'Ask a follow-up question',
  },
  ['<C-c>'] = {
    function()
      require('scholiast').stop()
    end,
    desc = 'Stop answering',
  },
  ['+'] = {
    function()
      judging.judge('good')
    end,
    desc = 'Say that the answer is good, or take that back',
  },
  ['-'] = {
    function()
      judging.judge('bad')
    end,
    desc = 'Say that the answer is bad, or take that back',
  },
  ['c'] = {
    function()
      judging.edit()
    end,
    desc = 'Write the answer as it should be',
  },
  ['q'] = { '<Cmd>close<CR>', desc = 'Close the window' },
  ['g?'] = { '<Cmd>help scholiast-answer<CR>', desc = 'Help' },
}

--- Give a page its maps, unless the user wants none.
---@param page scholiast.Page
function M.map(page)
  if config.get().answer.maps then
    for lhs, map in pairs(MAPS) do
      vim.keymap.set('n', lhs, map[1], { buffer = page.buffer, desc = map.desc, nowait = true })
    end
  end
end

return M
