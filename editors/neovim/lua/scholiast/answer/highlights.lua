--- The looks of an answer; all of them can be set by a colour scheme. Must not know buffers.

local M = {}

local STATUSES = { verified = 'Verified', moved = 'Moved', unsupported = 'Unsupported' }

local LINKS = {
  ScholiastVerified = 'Underlined',
  ScholiastMoved = 'DiagnosticHint',
  ScholiastUnsupported = 'DiagnosticWarn',
  ScholiastSourceVerified = 'Comment',
  ScholiastSourceMoved = 'DiagnosticHint',
  ScholiastSourceUnsupported = 'DiagnosticWarn',
  ScholiastNote = 'Comment',
  ScholiastProblem = 'DiagnosticError',
  ScholiastCited = 'Visual',
}

--- The group for a mark; nil for words that their citation bears out.
---@param mark scholiast.Mark
---@return string?
function M.group(mark)
  local status = STATUSES[mark.status] or 'Unsupported'
  if mark.kind == 'use' then
    return mark.status == 'unsupported' and 'ScholiastUnsupportedText' or nil
  end
  return (mark.kind == 'source' and 'ScholiastSource' or 'Scholiast') .. status
end

local function define()
  for group, link in pairs(LINKS) do
    vim.api.nvim_set_hl(0, group, { default = true, link = link })
  end
  local warning = vim.api.nvim_get_hl(0, { name = 'DiagnosticWarn', link = false })
  vim.api.nvim_set_hl(0, 'ScholiastUnsupportedText', { default = true, underdotted = true, sp = warning.fg })
end

define()
vim.api.nvim_create_autocmd('ColorScheme', {
  group = vim.api.nvim_create_augroup('scholiast.highlights', {}),
  callback = define,
})

return M
