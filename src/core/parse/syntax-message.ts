import type { YamlErrorCode } from "./yaml-node.ts";

/** What an error of YAML means for the person who typed. */
export const syntaxMessages: Readonly<Record<YamlErrorCode, string>> = {
  BAD_ALIAS: "An alias or anchor ends with a colon. Put a space before the colon if it ends a key.",
  BAD_DIRECTIVE:
    "A line that begins with `%` is a directive; a topology needs none but `%YAML 1.2`. Delete it.",
  BAD_DQ_ESCAPE:
    "After a backslash inside double quotes stands a character that means nothing there. Write two backslashes, or use single quotes.",
  BAD_INDENT:
    "The line is not indented as what it belongs to, or a bracket `{` or `[` above is not closed. Indent it, or close the bracket.",
  BAD_PROP_ORDER: "An anchor or a tag stands before `-`, `?` or `:`; it belongs behind it. Move it.",
  BAD_SCALAR_START: "A value cannot begin with this character; quote it.",
  BLOCK_AS_IMPLICIT_KEY:
    "A map begins inside a line that already has a value. Put it on a line of its own, or indent it as its neighbours.",
  BLOCK_IN_FLOW:
    "Inside `{}` or `[]` everything is written with brackets and commas; a block of lines cannot stand there.",
  KEY_OVER_1024_CHARS: "The key is longer than 1024 characters, the most that YAML allows. Shorten it.",
  MISSING_CHAR: "Something is missing here: a closing quote, a bracket, a comma, or the space after a colon.",
  MULTILINE_IMPLICIT_KEY:
    "A key must stand on one line with its colon. A colon may be missing above, or the indentation differs.",
  MULTIPLE_PROPS: "A value has two anchors or two tags; it takes one. Delete one.",
  TAB_AS_INDENT: "A tab stands where only spaces may. Replace it with spaces.",
  TAG_RESOLVE_FAILED: "Tags such as `!name` have no meaning in a topology. Take it out.",
  UNEXPECTED_TOKEN: "This does not belong here. A quote, bracket or indentation above may be wrong.",
};
