--- What code actions run here: answers come in their window instead of a document of the server's.
--- Must not know how answers are made.

local selections = require('scholiast.selection')

---@param uri string
---@param range lsp.Range
---@param context table
---@return scholiast.Selection
local function selection_of(uri, range, context)
  local client = assert(vim.lsp.get_client_by_id(context.client_id))
  return selections.of_range(vim.uri_to_bufnr(uri), range, client.offset_encoding)
end

---@type table<string, fun(command: lsp.Command, context: table)>
return {
  ['scholiast.explain'] = function(command, context)
    local uri, range = unpack(command.arguments --[[@as any]])
    require('scholiast').explain(selection_of(uri, range, context))
  end,
  ['scholiast.askSelection'] = function(command, context)
    local _, uri, range = unpack(command.arguments --[[@as any]]) -- the question is for clients that can't ask for one
    require('scholiast').ask(nil, { selection = selection_of(uri, range, context) })
  end,
}
