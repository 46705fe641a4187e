/** What a script asks for and the model does not do: said instead of a guess. */
export class NotSimulated extends Error {
  override readonly name = "NotSimulated";
}
