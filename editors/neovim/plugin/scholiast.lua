-- The command and the <Plug> maps. All else is loaded by the first use of one of them.
if vim.g.loaded_scholiast then
  return
end
vim.g.loaded_scholiast = true

vim.api.nvim_create_user_command('Scholiast', function(given)
  require('scholiast.commands').run(given)
end, {
  nargs = '+',
  range = true,
  bang = true,
  desc = 'Ask the code, search it, have it explained',
  complete = function(lead, line, position)
    return require('scholiast.commands').complete(lead, line:sub(1, position))
  end,
})

local maps = {
  ask = 'Ask the code, about the selection in visual mode',
  search = 'Search the code by name, words or a question',
  explain = 'Explain the selection, or what the cursor is in',
  document = 'Draft a doc comment for the definition at the cursor',
  index = 'Look at all files again',
  status = 'Show how far the index is',
  adapter = 'Choose the adapter',
  log = 'Open the log of the language server',
  stop = 'Stop answering',
  show = 'Show the newest answer again',
  good = 'Say that the answer is good, or take that back',
  bad = 'Say that the answer is bad, or take that back',
  edit = 'Write the answer as it should be',
  feedback = 'Show what you said of answers',
}
for name, desc in pairs(maps) do
  local lhs, rhs = ('<Plug>(scholiast-%s)'):format(name), (':Scholiast %s<CR>'):format(name)
  vim.keymap.set('n', lhs, rhs, { silent = true, desc = desc })
  vim.keymap.set('x', lhs, rhs, { silent = true, desc = desc }) -- the `:` of a selection brings its range along
end
