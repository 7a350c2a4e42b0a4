-- Neovim with the plugin of this repository, as a plugin manager would put it there, and with nothing set up.
vim.opt.runtimepath:prepend(vim.env.SCHOLIAST_PLUGIN)

-- What a user is shown and asked, for the tests to read and to answer.
_G.shown = { notices = {}, choices = {}, answers = {} }

vim.notify = function(text, level)
  table.insert(_G.shown.notices, { text = text, level = level or vim.log.levels.INFO })
end

vim.ui.input = function(options, done)
  table.insert(_G.shown.choices, { prompt = options.prompt })
  done(table.remove(_G.shown.answers, 1))
end

vim.ui.select = function(items, options, done)
  local labels = vim.tbl_map(options.format_item or tostring, items)
  table.insert(_G.shown.choices, { prompt = options.prompt, labels = labels })
  done(items[table.remove(_G.shown.answers, 1)])
end
