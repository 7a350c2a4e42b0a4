/** Makes what a question points at of a place in the editor. */
import type { Attached } from "./model";
import { placeLabel } from "../documents/here";
import type { Place } from "../documents/reveal";

export function attachedTo(place: Place): Attached {
  return { ...place, label: placeLabel(place) };
}
