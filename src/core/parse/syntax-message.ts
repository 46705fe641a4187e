/** What the YAML library's error means for the person who typed; its own words where it is rare. */
export function syntaxMessage(code: string, message: string): string {
  const own = messages.get(code);
  return own ?? `Not YAML: ${message.replaceAll(/\s+/gu, " ")}`;
}

const messages = new Map([
  ["TAB_AS_INDENT", "A tab stands where only spaces may. Replace it with spaces."],
  [
    "BAD_INDENT",
    "The line is not indented as what it belongs to, or a bracket `{` or `[` above is not closed. Indent it, or close the bracket.",
  ],
  [
    "MISSING_CHAR",
    "Something is missing here: a closing quote, a bracket, a comma, or the space after a colon.",
  ],
  [
    "BLOCK_AS_IMPLICIT_KEY",
    "A map begins inside a line that already has a value. Put it on a line of its own, or indent it as its neighbours.",
  ],
  [
    "MULTILINE_IMPLICIT_KEY",
    "A key must stand on one line with its colon. A colon may be missing above, or the indentation differs.",
  ],
  [
    "BLOCK_IN_FLOW",
    "Inside `{}` or `[]` everything is written with brackets and commas; a block of lines cannot stand there.",
  ],
  ["BAD_SCALAR_START", "A value cannot begin with this character; quote it."],
  ["UNEXPECTED_TOKEN", "This does not belong here. A quote, bracket or indentation above may be wrong."],
  ["IMPOSSIBLE", "This cannot be read as YAML."],
  ["TAG_RESOLVE_FAILED", "Tags such as `!name` have no meaning in a topology. Take it out."],
]);
