; Capture names are explained in captures.md beside this file. Clauses of one function are merged later.
(comment) @comment
(unary_operator operator: "@" operand: (_ target: (identifier) @_attribute (_ [(string) (sigil)] @docstring .)
  (#any-of? @_attribute "doc" "typedoc"))) @piece
(unary_operator operator: "@" operand: (_ target: (identifier) @_attribute
  (#any-of? @_attribute "spec" "impl" "doc" "typedoc" "deprecated" "dialyzer" "since"))) @attribute
(do_block (_ operator: "@" operand: (_ target: (identifier) @_attribute
  (_ [(string) (sigil)] @docstring .) (#eq? @_attribute "moduledoc")))) @body

(call target: (identifier) @_define (arguments . (alias) @qualified) (do_block) @body
  (#any-of? @_define "defmodule" "defprotocol")) @definition.module
(call target: (identifier) @_define (arguments . (alias) @qualified @extended (keywords)? ) (do_block) @body
  (#eq? @_define "defimpl")) @definition.type
(call target: (identifier) @_define
  (arguments . [
    (identifier) @name
    (_ target: (identifier) @name)
    (_ left: [(identifier) @name (_ target: (identifier) @name)] operator: "when")
  ])
  (do_block) @body
  (#any-of? @_define "def" "defp" "defdelegate" "defguard" "defguardp" "defn" "defnp")) @definition.function
(call target: (identifier) @_define
  (arguments . [
    (identifier) @name
    (_ target: (identifier) @name)
    (_ left: [(identifier) @name (_ target: (identifier) @name)] operator: "when")
  ]
  (keywords)? @body)
  (#any-of? @_define "def" "defp" "defdelegate" "defguard" "defguardp" "defn" "defnp")) @definition.function
(call target: (identifier) @_define
  (arguments . [
    (_ target: (identifier) @name)
    (_ left: (_ target: (identifier) @name) operator: "when")
  ])
  (do_block)? @body
  (#any-of? @_define "defmacro" "defmacrop")) @definition.macro
(unary_operator operator: "@" operand: (_ target: (identifier) @_type
  (_ . (_ left: [(identifier) @name (_ target: (identifier) @name)] operator: "::"))
  (#any-of? @_type "type" "typep" "opaque"))) @definition.type
(unary_operator operator: "@" operand: (_ target: (identifier) @_type
  (_ . [
    (_ left: (_ target: (identifier) @name) operator: "::")
    (_ left: (_ left: (_ target: (identifier) @name) operator: "::") operator: "when")
  ])
  (#any-of? @_type "callback" "macrocallback"))) @definition.method
(do_block (_ operator: "@" operand: (_ target: (identifier) @name (_)
  (#not-match? @name "^(spec|impl|doc|typedoc|moduledoc|deprecated|dialyzer|since|type|typep|opaque|callback|macrocallback|behaviour|derive|enforce_keys|compile|on_load|tag|moduletag|describetag|before_compile|after_compile|external_resource|optional_callbacks|on_definition|fallback_to_any)$")))
  @definition.constant)

(call target: (identifier) @reference)
(call target: (dot right: (identifier) @reference))
(alias) @reference
