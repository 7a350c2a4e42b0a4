---@meta
--- What the language server says, as docs/protocol.md describes it. Types alone: this file is never loaded.

---@alias scholiast.Encoding 'utf-8'|'utf-16'|'utf-32'
---@alias scholiast.CitationStatus 'verified'|'moved'|'unsupported'

---@class scholiast.Use a part of an answer's text that rests on a citation, in code units of the client's encoding
---@field start integer
---@field end integer
---@field status scholiast.CitationStatus
---@field reason string

---@class scholiast.Citation: scholiast.Place
---@field n integer
---@field path string
---@field start_line integer
---@field end_line integer
---@field status scholiast.CitationStatus
---@field quote string
---@field reason string
---@field symbol string
---@field uri string?
---@field range lsp.Range?
---@field uses scholiast.Use[]

---@class scholiast.Sentence a sentence of an answer, in code units of the client's encoding
---@field start integer
---@field end integer
---@field status scholiast.CitationStatus|'uncited'
---@field reason string
---@field citations integer[]

---@class scholiast.Said what the user says of an answer
---@field verdict 'good'|'bad'
---@field edit? string the text as the user would have had it

---@class scholiast.Answer
---@field id string
---@field question string
---@field text string
---@field engine string
---@field adapter string?
---@field found boolean
---@field citations scholiast.Citation[]
---@field sentences? scholiast.Sentence[]
---@field provenance table
---@field conversation string?
---@field folder string
---@field note string

---@class scholiast.Delta
---@field id string
---@field seq integer
---@field text string
---@field reset? boolean the text takes the place of all that came before

---@class scholiast.Hit: scholiast.Place
---@field path string
---@field start_line integer
---@field end_line integer
---@field score number
---@field language string
---@field symbol string
---@field kind string
---@field text string
---@field why table<string, number>
---@field line integer to open, from 1
---@field uri string
---@field range lsp.Range

---@class scholiast.FolderStatus
---@field uri string
---@field name string
---@field state 'starting'|'indexing'|'ready'|'paused'|'problem'
---@field message string
---@field percent integer?
---@field files integer
---@field chunks integer

---@class scholiast.Status
---@field state 'starting'|'indexing'|'ready'|'paused'|'problem'
---@field message string
---@field percent integer?
---@field files integer
---@field chunks integer
---@field engine string
---@field adapter string?
---@field folders? scholiast.FolderStatus[]

---@class scholiast.Adapter
---@field name string
---@field tasks string[]
---@field scale number
---@field selected boolean
---@field problem string?

---@class scholiast.Adapters
---@field adapters scholiast.Adapter[]
---@field engine string
---@field model string?
