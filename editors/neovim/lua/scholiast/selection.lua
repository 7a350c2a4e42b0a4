--- What the user points at: a selection or the cursor, as the server takes it. Must not know what for.

local versions = require('scholiast.versions')

local M = {}

---@class scholiast.Selection
---@field buffer integer
---@field start [integer, integer] row and byte, both from 0
---@field stop [integer, integer] the same, behind the last character
---@field is_cursor boolean

---@param buffer integer
---@param row integer
---@return string
local function line_at(buffer, row)
  return vim.api.nvim_buf_get_lines(buffer, row, row + 1, false)[1] or ''
end

--- Where the cursor is.
---@return scholiast.Selection
function M.cursor()
  local row, column = unpack(vim.api.nvim_win_get_cursor(0))
  local at = { row - 1, column }
  return { buffer = vim.api.nvim_get_current_buf(), start = at, stop = at, is_cursor = true }
end

--- Where a selection by characters begins and ends, when these lines come from one; nil for lines as such.
---@param buffer integer
---@param first integer
---@param last integer
---@return [integer, integer]? start
---@return [integer, integer]? stop
local function characters(buffer, first, last)
  local from, to = vim.api.nvim_buf_get_mark(buffer, '<'), vim.api.nvim_buf_get_mark(buffer, '>')
  if vim.fn.visualmode() ~= 'v' or from[1] ~= first or to[1] ~= last then
    return
  end
  local text = line_at(buffer, last - 1)
  local stop = math.min(to[2], #text)
  if vim.o.selection ~= 'exclusive' and stop < #text then
    stop = stop + vim.str_utf_end(text, stop + 1) + 1
  end
  return { first - 1, from[2] }, { last - 1, stop }
end

--- What the range of a command covers; nil where it has none.
---@param given vim.api.keyset.create_user_command.command_args
---@return scholiast.Selection?
function M.of_command(given)
  if given.range == 0 then
    return
  end
  local buffer = vim.api.nvim_get_current_buf()
  local start, stop = characters(buffer, given.line1, given.line2)
  return {
    buffer = buffer,
    start = start or { given.line1 - 1, 0 },
    stop = stop or { given.line2 - 1, #line_at(buffer, given.line2 - 1) },
    is_cursor = false,
  }
end

--- What a range of the server covers.
---@param buffer integer
---@param range lsp.Range
---@param encoding scholiast.Encoding
---@return scholiast.Selection
function M.of_range(buffer, range, encoding)
  vim.fn.bufload(buffer)
  local function at(position)
    return { position.line, versions.byte_index(line_at(buffer, position.line), position.character, encoding) }
  end
  local start, stop = at(range.start), at(range['end'])
  return { buffer = buffer, start = start, stop = stop, is_cursor = vim.deep_equal(start, stop) }
end

--- The range in the encoding of a client.
---@param selection scholiast.Selection
---@param encoding scholiast.Encoding
---@return lsp.Range
function M.range(selection, encoding)
  local function position(at)
    return { line = at[1], character = versions.units(line_at(selection.buffer, at[1]), at[2], encoding) }
  end
  return { start = position(selection.start), ['end'] = position(selection.stop) }
end

--- Whether a buffer is a file, which the server can know.
---@param buffer integer
---@return boolean
function M.is_file(buffer)
  return vim.bo[buffer].buftype == '' and vim.api.nvim_buf_get_name(buffer) ~= ''
end

--- The files in view but one, that of the current window first.
---@param except integer
---@return string[] uris
function M.in_view(except)
  local uris = {} ---@type string[]
  for _, window in ipairs(vim.api.nvim_tabpage_list_wins(0)) do
    local buffer = vim.api.nvim_win_get_buf(window)
    local uri = vim.uri_from_bufnr(buffer)
    if buffer ~= except and M.is_file(buffer) and not vim.tbl_contains(uris, uri) then
      table.insert(uris, uri)
    end
  end
  return uris
end

return M
