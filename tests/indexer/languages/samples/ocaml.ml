(** Streams of tokens. *)

open Base

(** The kinds of token. *)
type token =
  | Ident of string
  | Number of float
[@@deriving show]

and position = { line : int; column : int }

exception Lex_error of string * position

(** Where input comes from. *)
module type SOURCE = sig
  type t
  val read : t -> char option
end

module Make (S : SOURCE) = struct
  type t = { source : S.t; mutable at : int }

  (** Next token.

      Raises {!Lex_error}. *)
  let rec next (lexer : t) : token =
    match S.read lexer.source with
    | Some c when is_alpha c -> Ident (String.make 1 c)
    | _ -> raise (Lex_error ("end", start))

  and skip lexer = ignore (next lexer)
end

(* Not documented. *)
let max_length = 80

let ( >>= ) value f = Option.bind value ~f

let tokens ?(limit = max_length) text =
  let helper x = x + 1 in
  text |> String.to_list |> List.map ~f:helper

class virtual counter init = object (self)
  val mutable count = init
  method increment = count <- count + 1
  method virtual reset : unit
end

external now : unit -> float = "caml_now"

let () = Printf.printf "%d" max_length
