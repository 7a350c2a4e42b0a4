-- Neovim with the plugin of this repository, as a person might set it up.
vim.opt.runtimepath:prepend(vim.env.SCHOLIAST_PLUGIN)
vim.o.statusline = "%f %m%=%{%v:lua.require'scholiast'.statusline()%} "
vim.o.laststatus = 2
require('scholiast').enable()
