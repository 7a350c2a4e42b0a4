-- Scholiast in Neovim without a plugin: all that a user has to write.
vim.api.nvim_create_autocmd('FileType', {
  callback = function(event)
    local root = vim.bo[event.buf].buftype == '' and vim.fs.root(event.buf, '.git')
    if root then
      vim.lsp.start({ name = 'scholiast', cmd = { 'scholiast', 'serve' }, root_dir = root }, { bufnr = event.buf })
    end
  end,
})
