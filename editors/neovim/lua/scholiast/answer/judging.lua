--- What the user says of answers: good, bad, or how they should have been. Must not know where that is kept.

local notice = require('scholiast.notice')
local pages = require('scholiast.answer.page')
local requests = require('scholiast.requests')

local M = {}

local count = 0

--- The answer at the cursor, or the newest one; where there is none to judge, that is told.
---@return scholiast.Turn?
local function turn_to_judge()
  local turn = pages.turn_here()
  if turn and not turn.answer then
    notice.warn('the answer is not whole: there is nothing to judge yet')
    return nil
  end
  return turn
end

---@param said scholiast.Said?
---@return string
local function words(said)
  if not said then
    return ''
  end
  return (' · %s%s, kept on this machine'):format(said.verdict, said.edit and ', your version' or '')
end

---@param turn scholiast.Turn
---@param said scholiast.Said? nothing takes back what was said
---@param done? fun()
local function say(turn, said, done)
  local params = { id = assert(turn.answer).id, verdict = said and said.verdict or vim.NIL, edit = said and said.edit }
  requests.send('scholiast/feedback', params, function(problem)
    if problem then
      notice.error(problem)
      return
    end
    turn.said = said
    pages.tell(turn, (turn.summary or '') .. words(said))
    if done then
      done()
    end
  end, { client_id = turn.page.client_id, buffer = turn.page.source })
end

--- Say what you think of the answer at the cursor, or of the newest one; said twice, it is taken back.
---@param verdict 'good'|'bad'
function M.judge(verdict)
  local turn = turn_to_judge()
  if turn then
    local is_taken_back = turn.said and turn.said.verdict == verdict
    say(turn, not is_taken_back and { verdict = verdict, edit = turn.said and turn.said.edit } or nil)
  end
end

--- Write that answer as it should be, in a window of its own: `:write` keeps it.
function M.edit()
  local turn = turn_to_judge()
  if not turn then
    return
  end
  count = count + 1
  local text = turn.said and turn.said.edit or assert(turn.answer).text
  local buffer = vim.api.nvim_create_buf(false, false)
  vim.api.nvim_buf_set_name(buffer, ('scholiast://edit/%d'):format(count))
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(text, '\n', { plain = true }))
  vim.bo[buffer].buftype, vim.bo[buffer].bufhidden, vim.bo[buffer].swapfile = 'acwrite', 'wipe', false
  vim.bo[buffer].filetype, vim.bo[buffer].modified = 'markdown', false
  vim.api.nvim_create_autocmd('BufWriteCmd', {
    buffer = buffer,
    callback = function()
      local edit = table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\n')
      say(turn, { verdict = turn.said and turn.said.verdict or 'bad', edit = edit }, function()
        if vim.api.nvim_buf_is_valid(buffer) then
          vim.bo[buffer].modified = false
        end
      end)
    end,
  })
  vim.cmd('belowright split')
  vim.api.nvim_win_set_buf(0, buffer)
  notice.info('write the answer as it should be; :write keeps it')
end

--- Show all that is kept of what was said; or delete it, after asking.
---@param what? string `forget` deletes
function M.feedback(what)
  if what ~= 'forget' then
    requests.execute('scholiast.listFeedback', {})
    return
  end
  vim.ui.select({ 'No', 'Yes' }, { prompt = 'Delete all that you said of answers?' }, function(choice)
    if choice == 'Yes' then
      requests.execute('scholiast.forgetFeedback', {}, function(result)
        notice.info(('%d deleted'):format(result.forgotten))
      end)
    end
  end)
end

return M
