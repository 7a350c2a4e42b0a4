--- What the user may set: `vim.g.scholiast`, all of it optional. Must not know what a setting brings about.

local M = {}

---@class scholiast.AnswerConfig
---@field position 'right'|'left'|'bottom'|'top' where the window of answers opens
---@field size number its share of the screen, between 0 and 1
---@field focus boolean whether the cursor goes there
---@field maps boolean whether that window has its maps (see |scholiast-answer|)

---@class scholiast.Config
---@field cmd string[] how to start the language server; by default the `scholiast` that is found
---@field root_markers string[] what a folder holds that is indexed as one
---@field settings table<string, any> settings of the server, as docs/settings.md lists them
---@field answer scholiast.AnswerConfig
---@field picker 'auto'|'snacks'|'telescope'|'select'|'quickfix' what shows the hits of a search
---@field limit integer how many hits a search gives

--- The same for those who write them: each may be left out.
---@class scholiast.AnswerOptions
---@field position? 'right'|'left'|'bottom'|'top'
---@field size? number
---@field focus? boolean
---@field maps? boolean

---@class scholiast.Options
---@field cmd? string[]
---@field root_markers? string[]
---@field settings? table<string, any>
---@field answer? scholiast.AnswerOptions
---@field picker? 'auto'|'snacks'|'telescope'|'select'|'quickfix'
---@field limit? integer

---@type scholiast.Config
M.defaults = {
  cmd = {},
  root_markers = { '.scholiast.toml', '.scholiast', '.git' },
  settings = {},
  answer = { position = 'right', size = 0.45, focus = true, maps = true },
  picker = 'auto',
  limit = 30,
}

local CHOICES = {
  picker = { 'auto', 'snacks', 'telescope', 'select', 'quickfix' },
  ['answer.position'] = { 'right', 'left', 'bottom', 'top' },
}

--- The settings as they are now: those of the user over the defaults.
---@return scholiast.Config
function M.get()
  local own = vim.g.scholiast
  return vim.tbl_deep_extend('force', M.defaults, type(own) == 'table' and own or {})
end

--- Change settings; the same as writing them into `vim.g.scholiast`.
---@param options? scholiast.Options
function M.set(options)
  vim.g.scholiast = vim.tbl_deep_extend('force', vim.g.scholiast or {}, options or {})
end

---@param given any
---@param known table
---@param prefix string
---@param problems string[]
local function collect(given, known, prefix, problems)
  for key, value in pairs(given) do
    local name, default = prefix .. tostring(key), known[key]
    if default == nil then
      table.insert(problems, ('%s is no setting'):format(name))
    elseif type(value) ~= type(default) then
      table.insert(problems, ('%s is a %s, not a %s'):format(name, type(default), type(value)))
    elseif CHOICES[name] and not vim.tbl_contains(CHOICES[name], value) then
      table.insert(problems, ('%s is one of %s'):format(name, table.concat(CHOICES[name], ', ')))
    elseif name == 'answer' then
      collect(value, default, 'answer.', problems)
    end
  end
end

--- What the user has set that can't be; empty when all is well.
---@return string[]
function M.problems()
  local problems, own = {}, vim.g.scholiast
  if own ~= nil and type(own) ~= 'table' then
    return { 'vim.g.scholiast is a table' }
  end
  collect(own or {}, M.defaults, '', problems)
  table.sort(problems)
  return problems
end

return M
