--- What is called in another way by Neovim 0.10 than by those after it. Must not know Scholiast.

local M = {}

M.has_lsp_config = vim.fn.has('nvim-0.11') == 1
local methods_take_self = vim.fn.has('nvim-0.11') == 1

--- Call a method of a language client.
---@param client vim.lsp.Client
---@param method string
---@param ... any
---@return any ...
function M.call(client, method, ...)
  if methods_take_self then
    return client[method](client, ...)
  end
  return client[method](...)
end

--- A value of the protocol with nil for null, as Neovim 0.10 gives it; later ones leave `vim.NIL`.
---@generic T
---@param value T
---@return T
function M.plain(value)
  if value == vim.NIL then
    return nil
  elseif type(value) ~= 'table' then
    return value
  end
  local plain = {}
  for key, item in pairs(value) do
    plain[key] = M.plain(item)
  end
  return plain
end

--- Where a place in a text lies, in bytes.
---@param text string
---@param units integer code units of the encoding before the place
---@param encoding scholiast.Encoding
---@return integer
function M.byte_index(text, units, encoding)
  if encoding == 'utf-8' then
    return math.min(units, #text)
  end
  if methods_take_self then
    return vim.str_byteindex(text, encoding, units, false)
  end
  ---@diagnostic disable-next-line: param-type-mismatch
  local is_found, index = pcall(vim.str_byteindex, text, units, encoding == 'utf-16')
  return is_found and index or #text
end

--- How many code units of the encoding the first bytes of a text take.
---@param text string
---@param bytes integer
---@param encoding scholiast.Encoding
---@return integer
function M.units(text, bytes, encoding)
  bytes = math.min(bytes, #text)
  if encoding == 'utf-8' then
    return bytes
  end
  if methods_take_self then
    return vim.str_utfindex(text, encoding, bytes, false)
  end
  ---@diagnostic disable-next-line: param-type-mismatch
  local utf32, utf16 = vim.str_utfindex(text, bytes)
  return encoding == 'utf-16' and utf16 or utf32
end

return M
