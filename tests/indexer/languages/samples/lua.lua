-- Pickers.
local Path = require("plenary.path")
local M = {}
M.__index = M

local MAX_RESULTS = 100

--- Finds files.
---@param opts table options
---@return string[]
function M.find_files(opts)
  opts = vim.tbl_deep_extend("force", M.defaults, opts or {})
  return scan_dir(opts.cwd)
end

-- Makes a picker.
function M.Picker:new(opts)
  local self = setmetatable({}, M)
  self.sorter = opts.sorter()
  return self
end

M.close = function(self, force)
  self.window:close(force)
end

local function normalize(path)
  return Path:new(path):absolute() // 1
end

local make_entry = function(line) return { value = line } end

M.defaults = {
  layout = "center",
  on_select = function(entry)
    print(entry.value)
  end,
}

function setup() normalize(".") end

return M
