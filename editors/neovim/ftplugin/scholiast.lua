-- Answers are Markdown, under a file type of their own so that what is set up for documents leaves them alone.
local buffer = vim.api.nvim_get_current_buf()
if not pcall(vim.treesitter.start, buffer, 'markdown') then
  vim.bo[buffer].syntax = 'markdown' -- a Neovim without that parser
end
