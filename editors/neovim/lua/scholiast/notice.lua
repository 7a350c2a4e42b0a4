--- What the user is told, one line each. Must not know what happened.

local M = {}

---@param level integer
---@return fun(text: string)
local function teller(level)
  return function(text)
    local line = vim.trim((text:gsub('%s+', ' ')))
    vim.notify('Scholiast: ' .. line, level, { title = 'Scholiast' })
  end
end

M.info = teller(vim.log.levels.INFO)
M.warn = teller(vim.log.levels.WARN)
M.error = teller(vim.log.levels.ERROR)

return M
