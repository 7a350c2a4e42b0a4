--- Which parts of an answer's text rest on which citation. Pure: text and citations in, places out.

local versions = require('scholiast.versions')

local M = {}

---@class scholiast.Mark
---@field kind 'reference'|'use'|'source' a `[n]`, the words that rest on it, its line among the sources
---@field citation scholiast.Citation
---@field status scholiast.CitationStatus
---@field reason string
---@field start [integer, integer] row and byte, both from 0
---@field stop [integer, integer]

local SIGNS = { verified = '✓', moved = '↪', unsupported = '✗' }

---@param text string
---@return fun(byte: integer): [integer, integer]
local function places_in(text)
  local starts = { 0 }
  for newline in text:gmatch('()\n') do
    table.insert(starts, newline)
  end
  return function(byte)
    local row = #starts
    while starts[row] > byte do
      row = row - 1
    end
    return { row - 1, byte - starts[row] }
  end
end

--- Where the text cites, and the words for which it does.
---@param text string
---@param citations scholiast.Citation[]
---@param encoding string of the places that the citations name
---@return scholiast.Mark[]
function M.in_text(text, citations, encoding)
  local place, marks = places_in(text), {} ---@type scholiast.Mark[]
  local function add(kind, citation, use, first, last)
    local mark = { kind = kind, citation = citation, status = use.status, reason = use.reason }
    table.insert(marks, vim.tbl_extend('error', mark, { start = place(first), stop = place(last) }))
  end
  for _, citation in ipairs(citations) do
    for _, use in ipairs(citation.uses or {}) do
      local first = versions.byte_index(text, use.start, encoding)
      local last = versions.byte_index(text, use['end'], encoding)
      add('use', citation, use, first, last)
      -- Only here: elsewhere `[1]` may be code.
      for from, to in text:sub(first + 1, last):gmatch(('()%%[%d%%]()'):format(citation.n)) do
        add('reference', citation, use, first + from - 1, first + to - 1)
      end
    end
  end
  return marks
end

---@param citation scholiast.Citation
---@return string
function M.place(citation)
  if citation.path == '' then
    return 'no such source'
  end
  return ('%s:%d-%d'):format(citation.path, citation.start_line, citation.end_line)
end

---@param citation scholiast.Citation
---@return string
function M.status(citation)
  local told = ('%s %s'):format(SIGNS[citation.status] or '?', citation.status)
  return citation.reason ~= '' and ('%s: %s'):format(told, citation.reason) or told
end

---@param texts string[]
---@return fun(text: string): string
local function padder(texts)
  local width = 0
  for _, text in ipairs(texts) do
    width = math.max(width, vim.api.nvim_strwidth(text))
  end
  return function(text)
    return text .. (' '):rep(width - vim.api.nvim_strwidth(text))
  end
end

--- The sources below an answer, a line each.
---@param citations scholiast.Citation[]
---@return string[]
function M.source_lines(citations)
  local pad_place = padder(vim.tbl_map(M.place, citations))
  local pad_symbol = padder(vim.tbl_map(function(citation)
    return citation.symbol
  end, citations))
  return vim.tbl_map(function(citation)
    local columns = { pad_place(M.place(citation)), pad_symbol(citation.symbol), M.status(citation) }
    return (('[%d] %s'):format(citation.n, table.concat(columns, '  ')):gsub('%c', ' '))
  end, citations)
end

return M
