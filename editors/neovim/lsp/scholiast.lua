-- For vim.lsp.enable('scholiast'), from Neovim 0.11 on.
---@type vim.lsp.Config
return require('scholiast.server').config()
