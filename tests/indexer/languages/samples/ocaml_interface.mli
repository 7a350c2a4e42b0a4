(** Streams of tokens. *)

(** A stream. *)
type 'a t

(** [map f s] maps each element. *)
val map : ('a -> 'b) -> 'a t -> 'b t

module type S = sig
  val name : string
end

module Make (X : S) : sig
  val run : unit -> int t
end

exception Empty
