; Capture names are explained in captures.md beside this file. Calls are told by their field `method`.
(comment) @comment

(module name: (_) @qualified body: (_)? @body) @definition.module
(class name: (_) @qualified superclass: (_)? body: (_)? @body) @definition.class
(method name: (_) @name body: (_)? @body) @definition.method
(singleton_method name: (_) @name body: (_)? @body) @definition.method
(assignment left: (constant) @name right: (_ receiver: (constant) @_maker block: (_) @body)
  (#any-of? @_maker "Struct" "Class" "Data" "Module")) @definition.class
(assignment left: (constant) @name right: (_ receiver: (constant) @_maker method: (identifier) @_new)
  (#any-of? @_maker "Struct" "Class" "Data") (#any-of? @_new "new" "define")) @definition.class
(assignment left: (constant) @name) @definition.constant
(_ method: (identifier) @_define arguments: (_ . [(simple_symbol) (string)] @name) block: (_) @body
  (#any-of? @_define "define_method" "define_singleton_method")) @definition.method
(_ !receiver method: (identifier) @_attribute arguments: (_ (simple_symbol) @name)
  (#any-of? @_attribute "attr_reader" "attr_accessor" "attr_writer")) @definition.property
(_ method: (identifier) @_autoload arguments: (_ (simple_symbol) @reexport) (#eq? @_autoload "autoload"))
(_ !receiver method: (identifier) @_delegates arguments: (_ . (_) (simple_symbol) @name)
  (#eq? @_delegates "def_delegators")) @definition.method
(_ !receiver method: (identifier) @_renames arguments: (_ . (simple_symbol) @name)
  (#eq? @_renames "alias_method")) @definition.method
(alias name: (_) @name) @definition.method

(_ method: (identifier) @reference)
(constant) @reference
