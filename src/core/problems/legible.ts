/** Controls, and marks that turn or hide the text around them: all that a reader does not see. */
const unseen = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu;
/** Of a name, in code units. */
const longest = 160;
/** Each from its opening mark on, the short ones too: what lies between two names is none. */
const quoted = /`([^`]*)`/gu;

/** A sentence for people that carries names from a file: what cannot be seen in them is spelled out, and they do not drown it. */
export function legible(message: string): string {
  return message.replace(quoted, shortened).replace(unseen, spelled);
}

const shortened = (whole: string, name: string): string =>
  name.length > longest ? `\`${cut(name)}…\`` : whole;

const spelled = (mark: string): string =>
  `[U+${(mark.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`;

/** Not in the middle of a character. */
function cut(name: string): string {
  return name.slice(0, longest).replace(/[\ud800-\udbff]$/u, "");
}
