--- Which parts of an answer's text rest on which citation. Pure: text and citations in, places out.

local versions = require('scholiast.versions')

local M = {}

---@class scholiast.Mark
---@field kind 'reference'|'use'|'source' a `[n]`, the words that rest on it, its line among the sources
---@field citation? scholiast.Citation nothing where the words name code and cite none
---@field status scholiast.CitationStatus
---@field reason string
---@field start [integer, integer] row and byte, both from 0
---@field stop [integer, integer]

local SIGNS = { verified = '✓', moved = '↪', unsupported = '✗' }

---@param text string
---@return fun(byte: integer): [integer, integer]
local function places_in(text)
  local starts = { 0 } ---@type integer[]
  for newline in text:gmatch('()\n') do
    table.insert(starts, newline)
  end
  return function(byte)
    for row = #starts, 1, -1 do
      if starts[row] <= byte then
        return { row - 1, byte - starts[row] }
      end
    end
    return { 0, 0 }
  end
end

--- Where the text cites, and the words for which it does.
---@param text string
---@param citations scholiast.Citation[]
---@return scholiast.Mark[]
function M.in_text(text, citations)
  local place = places_in(text)
  local marks = {} ---@type scholiast.Mark[]
  local function add(kind, citation, use, first, last)
    local mark = { kind = kind, citation = citation, status = use.status, reason = use.reason }
    mark.start, mark.stop = place(first), place(last)
    table.insert(marks, mark)
  end
  for _, citation in ipairs(citations) do
    for _, use in ipairs(citation.uses or {}) do
      local first = versions.byte_index(text, use.start, citation.encoding)
      local last = versions.byte_index(text, use['end'], citation.encoding)
      add('use', citation, use, first, last)
      -- Only here: elsewhere `[1]` may be code.
      for from, to in text:sub(first + 1, last):gmatch(('()%%[%d%%]()'):format(citation.n)) do
        add('reference', citation, use, first + from - 1, first + to - 1)
      end
    end
  end
  return marks
end

--- What names code and cites none, so that it does not hold.
---@param text string
---@param sentences scholiast.Sentence[]
---@param encoding scholiast.Encoding
---@return scholiast.Mark[]
function M.without_source(text, sentences, encoding)
  local place = places_in(text)
  local marks = {} ---@type scholiast.Mark[]
  for _, sentence in ipairs(sentences) do
    if sentence.status == 'unsupported' and #sentence.citations == 0 then
      table.insert(marks, {
        kind = 'use',
        status = 'unsupported',
        reason = sentence.reason,
        start = place(versions.byte_index(text, sentence.start, encoding)),
        stop = place(versions.byte_index(text, sentence['end'], encoding)),
      })
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

--- Whether a citation holds, in words: `moved: it is at lines 12-14 now`.
---@param about { status: scholiast.CitationStatus, reason: string }
---@return string
function M.words(about)
  return about.reason == '' and about.status or ('%s: %s'):format(about.status, about.reason)
end

--- The same with its sign.
---@param about { status: scholiast.CitationStatus, reason: string }
---@return string
function M.status(about)
  return ('%s %s'):format(SIGNS[about.status] or '?', M.words(about))
end

--- A source below an answer: a line, and one more that says what is wrong with it.
---@param citation scholiast.Citation
---@return string[]
function M.source_lines(citation)
  local sign = SIGNS[citation.status] or '?'
  local lines = { vim.trim(('[%d] %s %s  %s'):format(citation.n, sign, M.place(citation), citation.symbol)) }
  if citation.status ~= 'verified' then
    table.insert(lines, '    ' .. M.words(citation))
  end
  return vim.tbl_map(function(line)
    return (line:gsub('%c', ' '))
  end, lines)
end

--- Where a source stands that begins at a row.
---@param citation scholiast.Citation
---@param row integer
---@return scholiast.Mark
function M.source(citation, row)
  local lines = M.source_lines(citation)
  return {
    kind = 'source',
    citation = citation,
    status = citation.status,
    reason = citation.reason,
    start = { row, 0 },
    stop = { row + #lines - 1, #lines[#lines] },
  }
end

--- How many citations hold, in words: `4 citations verified`, `2 verified, 1 moved, 1 unsupported`.
---@param citations scholiast.Citation[]
---@return string?
function M.tally(citations)
  local counts = {} ---@type table<scholiast.CitationStatus, integer>
  for _, citation in ipairs(citations) do
    counts[citation.status] = (counts[citation.status] or 0) + 1
  end
  local total = #citations
  if total == 0 then
    return nil
  elseif counts.verified == total then
    return ('%d citation%s verified'):format(total, total == 1 and '' or 's')
  end
  local parts = {} ---@type string[]
  for _, status in ipairs({ 'verified', 'moved', 'unsupported' }) do
    if counts[status] then
      table.insert(parts, ('%d %s'):format(counts[status], status))
    end
  end
  return table.concat(parts, ', ')
end

return M
