-- What a person sees of the plugin, and does with it. Must not know what a test expects.

local M = {}

--- Keys, as a person presses them.
function M.press(keys)
  vim.api.nvim_feedkeys(vim.keycode(keys), 'xt', false)
end

--- What was told so far, and what was asked; an empty list is `vim.NIL`.
function M.notices()
  return vim.tbl_map(function(notice)
    return notice.text
  end, _G.shown.notices)
end

function M.choices()
  return _G.shown.choices
end

--- Answer the next question of the editor: a text, or the number of a choice.
function M.will_answer(value)
  table.insert(_G.shown.answers, value)
end

local function answer_window()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.bo[vim.api.nvim_win_get_buf(window)].filetype == 'scholiast' then
      return window
    end
  end
end

--- The window of answers: its lines, what stands beside its headings, its marks; nil where there is none.
function M.answer()
  local window = answer_window()
  if not window then
    return nil
  end
  local buffer = vim.api.nvim_win_get_buf(window)
  local notes, marks = {}, {}
  for _, found in ipairs(vim.api.nvim_buf_get_extmarks(buffer, -1, 0, -1, { details = true })) do
    local _, row, column, details = unpack(found)
    if details.virt_text then
      table.insert(notes, details.virt_text[1][1])
    elseif details.hl_group and details.hl_group:find('^Scholiast') then
      local text = vim.api.nvim_buf_get_text(buffer, row, column, details.end_row, details.end_col, {})
      table.insert(marks, { group = details.hl_group, text = table.concat(text, '\n') })
    end
  end
  return {
    buffer = buffer,
    lines = vim.api.nvim_buf_get_lines(buffer, 0, -1, false),
    notes = notes,
    marks = marks,
    is_current = window == vim.api.nvim_get_current_win(),
    cursor = vim.api.nvim_win_get_cursor(window),
    columns_aside = vim.fn.getwininfo(window)[1].textoff,
  }
end

--- Put the cursor of the window of answers onto a text.
function M.go_to(text)
  vim.api.nvim_set_current_win(assert(answer_window()))
  vim.fn.cursor(1, 1)
  if vim.fn.search([[\V]] .. vim.fn.escape(text, '\\'), 'cW') == 0 then
    error('the answer does not hold ' .. text, 0)
  end
end

--- Take the code action of that title for the cursor or the selection.
function M.take_action(title)
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action)
      return action.title == title
    end,
  })
end

--- Where the cursor is.
function M.place()
  return { path = vim.api.nvim_buf_get_name(0), line = vim.fn.line('.'), column = vim.fn.col('.') }
end

function M.quickfix()
  local list = vim.fn.getqflist({ title = true, items = true })
  local items = vim.tbl_map(function(item)
    return { path = vim.api.nvim_buf_get_name(item.bufnr), line = item.lnum, text = item.text }
  end, list.items)
  return { title = list.title, items = items }
end

--- The text of all floats; empty where there is none.
function M.floats()
  local lines = {}
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      vim.list_extend(lines, vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false))
    end
  end
  return table.concat(lines, '\n')
end

--- Ids of the processes of language servers that run, and the buffers they have.
function M.servers()
  return vim.tbl_map(function(client)
    return { id = client.id, root = client.root_dir, buffers = vim.tbl_count(client.attached_buffers) }
  end, vim.lsp.get_clients({ name = 'scholiast' }))
end

return M
