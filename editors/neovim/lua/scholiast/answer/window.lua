--- Where answers are shown. Must not know what they say.

local config = require('scholiast.config')

local M = {}

local OPTIONS = {
  wrap = true,
  linebreak = true,
  breakindent = true,
  number = false,
  relativenumber = false,
  signcolumn = 'no',
  foldcolumn = '0',
  foldenable = false,
  spell = false,
  list = false,
  conceallevel = 0, -- it would hide the brackets of [1]
  breakindentopt = 'list:-1', -- by 'formatlistpat', which the file type sets
  fillchars = 'eob: ',
  winfixwidth = true,
}
local SPLITS = { right = 'botright vertical', left = 'topleft vertical', bottom = 'botright', top = 'topleft' }

---@return integer? window of this tab that shows answers
local function existing()
  return vim.iter(vim.api.nvim_tabpage_list_wins(0)):find(function(window)
    return vim.bo[vim.api.nvim_win_get_buf(window)].filetype == 'scholiast'
  end)
end

---@param buffer integer
---@return integer window
local function split(buffer)
  local options = config.get().answer
  local is_beside = options.position == 'right' or options.position == 'left'
  local size = math.floor((is_beside and vim.o.columns or vim.o.lines) * options.size)
  vim.cmd(('%s %dsplit'):format(SPLITS[options.position], math.max(size, 10)))
  local window = vim.api.nvim_get_current_win()
  vim.api.nvim_win_set_buf(window, buffer)
  vim.cmd.clearjumps() -- CTRL-O leads from answer to answer, and never to code in this window
  return window
end

---@param window integer
---@param buffer integer
local function show_in(window, buffer)
  vim.api.nvim_win_call(window, function()
    vim.cmd("normal! m'") -- CTRL-O leads back to the answer that was there
    vim.api.nvim_win_set_buf(window, buffer)
  end)
end

--- Show a buffer where answers are shown, and go there when the user wants that.
---@param buffer integer
---@return integer window
function M.open(buffer)
  local before = vim.api.nvim_get_current_win()
  local window = existing()
  if window then
    show_in(window, buffer)
  else
    window = split(buffer)
  end
  for name, value in pairs(OPTIONS) do -- each buffer has its own in a window
    vim.api.nvim_set_option_value(name, value, { win = window, scope = 'local' })
  end
  vim.api.nvim_set_current_win(config.get().answer.focus and window or before)
  return window
end

--- Do something to a buffer; windows whose cursor is at its end stay at its end.
---@param buffer integer
---@param change fun()
function M.following(buffer, change)
  if not vim.api.nvim_buf_is_valid(buffer) then
    return
  end
  local last = vim.api.nvim_buf_line_count(buffer)
  local windows = vim.tbl_filter(function(window)
    return vim.api.nvim_win_get_cursor(window)[1] >= last
  end, vim.fn.win_findbuf(buffer))
  change()
  for _, window in ipairs(windows) do
    vim.api.nvim_win_set_cursor(window, { vim.api.nvim_buf_line_count(buffer), 0 })
  end
end

--- Show a text from its first line where all of it fits, in windows whose cursor is at its end.
---@param buffer integer
---@param first_row integer
function M.settle(buffer, first_row)
  local last = vim.api.nvim_buf_line_count(buffer)
  for _, window in ipairs(vim.fn.win_findbuf(buffer)) do
    local height = vim.api.nvim_win_text_height(window, { start_row = first_row }).all
    if vim.api.nvim_win_get_cursor(window)[1] >= last and height <= vim.api.nvim_win_get_height(window) then
      vim.api.nvim_win_set_cursor(window, { first_row + 1, 0 })
    end
  end
end

--- Make a float as wide as its text, up to the screen: Neovim makes none wider than the window that it belongs to.
---@param float integer
---@param buffer integer
function M.fit(float, buffer)
  local width, height = 1, vim.api.nvim_win_get_height(float)
  for _, line in ipairs(vim.api.nvim_buf_get_lines(buffer, 0, -1, false)) do
    width = math.max(width, vim.api.nvim_strwidth(line))
  end
  vim.api.nvim_win_set_config(float, { width = math.min(width, vim.o.columns - 4) })
  local needed = vim.api.nvim_win_text_height(float, {}).all
  vim.api.nvim_win_set_config(float, { height = math.min(needed, height) })
end

--- The window for a file: the one from which was asked, else any that holds a file, else a new one.
---@param preferred? integer
---@return integer
function M.for_file(preferred)
  local function is_fit(window)
    local is_here = vim.api.nvim_win_is_valid(window)
      and vim.api.nvim_win_get_tabpage(window) == vim.api.nvim_get_current_tabpage()
    return is_here
      and vim.api.nvim_win_get_config(window).relative == ''
      and vim.bo[vim.api.nvim_win_get_buf(window)].buftype == ''
      and not vim.wo[window].winfixbuf
  end
  if preferred and is_fit(preferred) then
    return preferred
  end
  local found = vim.iter(vim.api.nvim_tabpage_list_wins(0)):find(is_fit)
  if not found then
    vim.cmd('topleft vertical new')
    found = vim.api.nvim_get_current_win()
  end
  return found
end

return M
