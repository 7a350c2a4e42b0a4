package org.example.json

import scala.util.Try

/** A JSON value. */
sealed trait Json extends Product:
  /** Folds over it. */
  def fold[A](onNull: => A)(onNumber: Double => A): A
  final def isNull: Boolean = this == Json.Null
end Json

object Json:
  case object Null extends Json
  final case class Num(value: Double) extends Json
  val empty: Json = Obj(Map.empty)
  given ordering: Ordering[Json] = Ordering.by(_.size)

enum Color(val rgb: Int):
  case Red extends Color(0xff0000)
  case Green extends Color(0x00ff00)

type Decoded[A] = Either[Error, A]

// Turns JSON into values.
trait Decoder[A] { self =>
  def apply(json: Json): Decoded[A]

  def map[B](f: A => B): Decoder[B] = new Decoder[B] {
    def apply(json: Json): Decoded[B] = self(json).map(f)
  }
}

object Decoder {
  def apply[A](using decoder: Decoder[A]): Decoder[A] = decoder
  implicit val decodeInt: Decoder[Int] = instance(_.asInt)
  private[this] var count = 0

  @tailrec
  def loop(n: Int): Int = if (n <= 0) count else loop(n - 1)
}

extension (json: Json)
  def pretty: String = Printer.spaces2.print(json)

@main def run(path: String): Unit =
  println(Try(Parser.parse(path)).getOrElse(Json.Null))

package object syntax extends Syntax with Instances
