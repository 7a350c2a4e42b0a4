-- Answers are Markdown, under a file type of their own so that what is set up for documents leaves them alone.
local buffer = vim.api.nvim_get_current_buf()
if not pcall(vim.treesitter.start, buffer, 'markdown') then
  vim.bo[buffer].syntax = 'markdown' -- a Neovim without that parser
end
-- Long lines go on below their text: behind the marks of lists, and behind the numbers and signs of sources.
vim.bo[buffer].formatlistpat = [[^\s*\%(\d\+[.)]\|[-*+]\|\[\d\+\] \S\)\s\+]]
