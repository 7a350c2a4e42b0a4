--- `:Scholiast`: its verbs and their completion. Must not know how any of them works.

local notice = require('scholiast.notice')

local M = {}

---@class scholiast.Verb
---@field run fun(text: string, given: vim.api.keyset.create_user_command.command_args)
---@field complete? fun(): string[]

---@type table<string, scholiast.Verb>
local verbs = {
  ask = {
    run = function(text, given)
      local pages = require('scholiast.answer.page')
      local page = pages.of() or given.bang and pages.newest() or nil
      require('scholiast').ask(text, { selection = require('scholiast.selection').of_command(given), page = page })
    end,
  },
  show = {
    run = function()
      require('scholiast').show()
    end,
  },
  search = {
    run = function(text, given)
      require('scholiast.search').search(text, { quickfix = given.bang })
    end,
  },
  explain = {
    run = function(_, given)
      require('scholiast.answer').explain(require('scholiast.selection').of_command(given))
    end,
  },
  document = {
    run = function(_, given)
      require('scholiast').document(require('scholiast.selection').of_command(given))
    end,
  },
  index = {
    run = function(_, given)
      require('scholiast').index({ reset = given.bang })
    end,
  },
  status = {
    run = function()
      require('scholiast.status').show()
    end,
  },
  adapter = {
    run = function(text)
      require('scholiast.adapters').run(text)
    end,
    complete = function()
      return require('scholiast.adapters').names()
    end,
  },
  good = {
    run = function()
      require('scholiast').judge('good')
    end,
  },
  bad = {
    run = function()
      require('scholiast').judge('bad')
    end,
  },
  edit = {
    run = function()
      require('scholiast').edit()
    end,
  },
  feedback = {
    run = function(text)
      require('scholiast').feedback(text)
    end,
    complete = function()
      return { 'forget' }
    end,
  },
  log = {
    run = function()
      require('scholiast').log()
    end,
  },
  stop = {
    run = function()
      require('scholiast').stop()
    end,
  },
}

---@return string[]
local function names()
  local list = vim.tbl_keys(verbs)
  table.sort(list)
  return list
end

---@param given vim.api.keyset.create_user_command.command_args
function M.run(given)
  local name, text = given.args:match('^(%S+)%s*(.-)%s*$')
  local verb = verbs[name]
  if not verb then
    notice.error(('%s is none of %s'):format(name, table.concat(names(), ', ')))
    return
  end
  local problem = require('scholiast.config').problems()[1]
  if problem then
    notice.error(problem .. ': see :checkhealth scholiast')
    return
  end
  verb.run(text, given)
end

--- What may follow on the command line.
---@param lead string the word before the cursor
---@param line string the line up to the cursor
---@return string[]
function M.complete(lead, line)
  local rest = line:match('Scholiast!?%s+(.*)$') or ''
  local name = rest:match('^(%S+)%s')
  local candidates = {} ---@type string[]
  if not name then
    candidates = names()
  elseif verbs[name] and verbs[name].complete then
    candidates = verbs[name].complete()
  end
  return vim.tbl_filter(function(candidate)
    return vim.startswith(candidate, lead)
  end, candidates)
end

return M
