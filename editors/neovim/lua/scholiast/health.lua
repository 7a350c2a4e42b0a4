--- `:checkhealth scholiast`: what is there, what is missing, what to do. Must not know how anything works.

local M = {}

local VERSION_TIMEOUT_MS = 10000

local function check_editor()
  vim.health.start('Neovim')
  if vim.fn.has('nvim-0.10') == 0 then
    vim.health.error('Neovim 0.10 or newer is needed')
    return
  end
  vim.health.ok(vim.fn.execute('version'):match('NVIM [^\n]*') or 'Neovim')
  if not pcall(vim.treesitter.language.inspect, 'markdown') then
    vim.health.warn('no Treesitter parser for Markdown: answers are coloured by the old syntax file')
  end
  local problems = require('scholiast.config').problems()
  for _, problem in ipairs(problems) do
    vim.health.error('setting: ' .. problem, { 'see :help scholiast-settings' })
  end
  if #problems == 0 then
    vim.health.ok('settings are sound')
  end
end

---@return boolean is_there
local function check_command()
  vim.health.start('Language server')
  local server = require('scholiast.server')
  local command = server.resolved().cmd
  local problem = server.problem_of(command)
  if problem then
    local own = 'vim.g.scholiast = { cmd = { "/path/to/scholiast", "serve" } }'
    vim.health.error(problem, { 'pipx install scholiast', own })
    return false
  elseif type(command) ~= 'table' then
    vim.health.info('started by a function of yours')
    return true
  end
  local program = command[1] or ''
  local is_run, done = pcall(function()
    return vim.system({ program, '--version' }, { text = true }):wait(VERSION_TIMEOUT_MS)
  end)
  if is_run and done.code == 0 then
    vim.health.ok(('%s (%s)'):format(vim.trim(done.stdout or ''), vim.fn.exepath(program)))
    return true
  end
  local said = is_run and vim.trim(done.stderr or '') or tostring(done)
  vim.health.error(('%s does not run: %s'):format(program, said), { 'run it in a terminal: scholiast doctor' })
  return false
end

local function check_clients()
  local server, versions = require('scholiast.server'), require('scholiast.versions')
  local clients = vim.lsp.get_clients({ name = server.NAME })
  if #clients == 0 then
    vim.health.info('not running: it starts with the first :Scholiast, or by itself after vim.lsp.enable("scholiast")')
  end
  for _, client in ipairs(clients) do
    local buffers = vim.tbl_count(client.attached_buffers)
    local told = '%s: client %d, %d buffers, positions in %s'
    vim.health.ok(told:format(client.root_dir or 'no folder', client.id, buffers, client.offset_encoding))
    local params = vim.empty_dict()
    local answered = versions.call(client, 'request_sync', 'scholiast/status', params, VERSION_TIMEOUT_MS, 0)
    local status = answered and versions.plain(answered.result)
    if not status then
      vim.health.error('it does not answer', { ':Scholiast log', 'scholiast doctor' })
    elseif status.state == 'problem' then
      vim.health.warn(status.message, { ':Scholiast log', 'scholiast doctor' })
    else
      local counts = ('%d files, %d chunks'):format(status.files, status.chunks)
      vim.health.ok(('%s: %s, answers by %s'):format(status.state, counts, status.engine))
    end
  end
end

local function check_picker()
  vim.health.start('Search')
  local _, name = require('scholiast.search').picker()
  local chosen = require('scholiast.config').get().picker
  if chosen ~= 'auto' and chosen ~= name then
    vim.health.warn(('the picker %s is not there, so %s shows what is found'):format(chosen, name))
  else
    vim.health.ok(('%s shows what is found'):format(name == 'select' and 'vim.ui.select' or name))
  end
end

function M.check()
  check_editor()
  if vim.fn.has('nvim-0.10') == 1 then
    if check_command() then
      check_clients()
    end
    check_picker()
  end
end

return M
